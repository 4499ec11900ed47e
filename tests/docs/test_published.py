"""The page on published scores: the entries for CAPTURE-24 are ones that the pipeline takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from support.documents import REPOSITORY, blocks, read
from tidemark.classify.studies.entry import StudyEntry
from tidemark.core import params
from tidemark.core.spectra import picture
from tidemark.pipeline.check import check


def test_the_study_is_taken_and_its_spectrograms_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    for file in (REPOSITORY / "pipelines").glob("*/params.yaml"):
        (tmp_path / "pipelines" / file.parent.name).mkdir(parents=True)
        shutil.copy(file, tmp_path / "pipelines" / file.parent.name)
    monkeypatch.chdir(tmp_path)
    (added,) = (
        YAML(typ="safe").load(b.text) for b in blocks(read("docs/published.md")) if b.language == "yaml"
    )
    path, before = tmp_path / "pipelines/classify/params.yaml", check()
    YAML().dump(params.merged(YAML(typ="safe").load(path), added), path)
    assert check() == before + len(added["models"])
    entry = params.entry("classify", "studies", "capture24", StudyEntry)
    transform = entry.spectrogram
    assert min(picture(entry.samples, transform.length, transform.hop)) >= 61
