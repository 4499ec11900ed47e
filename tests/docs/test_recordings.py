"""The page on recordings: every key is explained, and every entry in it is one that the pipeline takes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from support.documents import REPOSITORY, blocks, read
from tidemark.classify.studies import extracted
from tidemark.classify.studies.entry import ParticipantSplit, SpectrogramEntry, StudyEntry
from tidemark.core import params
from tidemark.core.frozen import Frozen
from tidemark.core.task import Task
from tidemark.pipeline.check import check
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.recordings.recording import read as read_recording

PAGE = read("docs/recordings.md")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def keys(table: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


@pytest.mark.parametrize(
    ("title", "task"), [("Denoise", "denoise"), ("Forecast", "forecast"), ("Infer", "infer")]
)
def test_every_key_of_a_recording_is_explained(title: str, task: str) -> None:
    common = keys(section("Keys of every recording"))
    assert common == set(RecordingEntry.model_fields)
    kind = Task(task).windowing.entry
    assert common | keys(section(title)) == set(kind.model_fields)


def test_every_key_of_a_study_is_explained() -> None:
    study, _, split = section("A study").partition("| key of `split` |")
    assert keys(study) == set(StudyEntry.model_fields)
    assert keys(split) == set(ParticipantSplit.model_fields)
    row = re.search(r"^\| `spectrogram` \|.*$", study, re.MULTILINE)
    assert row is not None
    assert all(f"`{key}`" in row[0] for key in SpectrogramEntry.model_fields)


def test_the_arrays_of_a_study_are_those_that_are_read() -> None:
    named = re.findall(r"^\| `(\w+\.npy)` \|", section("A study"), re.MULTILINE)
    assert named == list(extracted.FILES)
    assert extracted.HINTS["Y.npy"].partition(": ")[2] in section("A study")


@pytest.mark.parametrize("kind", [RecordingEntry, StudyEntry, ParticipantSplit])
def test_defaults_are_those_of_the_code(kind: type[Frozen]) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    if kind is ParticipantSplit:
        rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.partition("key of `split`")[2], re.MULTILINE))
    for key, field in kind.model_fields.items():
        default = field.default
        if isinstance(default, (int, float)):
            assert re.search(rf"\b{default:g}\b", rows[key]), key
        elif isinstance(default, str) and default:
            assert default in rows[key], key


def entries() -> Iterator[Mapping[str, Any]]:
    return (YAML(typ="safe").load(block.text) for block in blocks(PAGE) if block.language == "yaml")


@pytest.fixture
def pump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pipeline's parameters, and the recording that the page speaks of."""
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    for file in (REPOSITORY / "pipelines").glob("*/params.yaml"):
        (tmp_path / "pipelines" / file.parent.name).mkdir(parents=True)
        shutil.copy(file, tmp_path / "pipelines" / file.parent.name)
    time = np.arange(4000) / 100
    columns = [time, np.sin(time), np.cos(time) ** 2]
    rows = [f"{t:.2f},{a:.4f},{c:.4f}\n" for t, a, c in zip(*columns, strict=True)]
    (tmp_path / "data/recorded").mkdir(parents=True)
    (tmp_path / "data/recorded/pump.csv").write_text("time,acceleration,current\n" + "".join(rows))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_entries_are_taken(pump: Path) -> None:
    first, denoise, noisy, forecast, infer, study = entries()
    alone = noisy | lists("pump-noisy", "denoise")
    added = {
        "denoise": params.merged(params.merged(first, denoise), alone),
        "forecast": forecast | lists("pump-ahead", "forecast"),
        "infer": infer | lists("pump-pair", "infer"),
        "classify": study | lists("capture24", "classify"),
    }
    before = check()
    for task, groups in added.items():
        path = pump / f"pipelines/{task}/params.yaml"
        YAML().dump(params.merged(YAML(typ="safe").load(path), groups), path)
    assert check() == before + len(added) + 1
    for task, name in [(t, n) for t in ("denoise", "forecast", "infer") for n in added[t]["recordings"]]:
        windowing = Task(task).windowing
        entry = params.entry(task, "recordings", name, windowing.entry)
        assert isinstance(entry, RecordingEntry)
        recording = read_recording(entry)
        assert recording.sampling_rate == pytest.approx(100)
        info, splits = windowing.cut(
            name, recording.arrays, entry, recording.sampling_rate, params.where(task, "recordings", name)
        )
        assert info.task == task and min(
            len(arrays) for split in splits.values() for arrays in split.values()
        )


def lists(dataset: str, task: str) -> dict[str, Any]:
    """The dataset without baselines, oracles and limits, and the task's first model of stored signals trained on it."""
    models = YAML(typ="safe").load(REPOSITORY / "pipelines" / task / "params.yaml")["models"]
    model = next(entry for entry in models.values() if entry["source"] == "training/stored")
    return {
        "baselines": {dataset: []},
        "oracles": {dataset: []},
        "limits": {dataset: []},
        "models": {f"{dataset}-net": model | {"dataset": dataset}},
    }
