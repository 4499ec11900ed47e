"""What decides a score is all hashed, and nothing else; a kept score that no longer fits is named."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from dvc.dependency import ParamsDependency

from support import small_pipeline
from support.pipeline import REPOSITORY
from support.pipeline import stages as of_dvc
from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.store import write_json
from tidemark.evaluation.entry import ReferenceEntry, references
from tidemark.report import inputs, lineage, provenance
from tidemark.report.stale import stale
from tidemark.training import entry as entries
from tidemark.training.entry import GROUPS, OWN

PARAMS = "pipelines/forecast/params.yaml"
CODE = "src/tidemark/forecast"
TASKS = sorted(path.parent.name for path in REPOSITORY.glob("pipelines/*/dvc.yaml"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_pipeline.write(tmp_path)


def kept(root: Path, *names: str) -> dict[str, object]:
    """Provenance of scores at scale paper."""
    return provenance.of(
        root, "forecast", "d", names or ["d-net"], [4], "make again", scale="paper", device="a GPU"
    )


def test_parameters_are_the_entries_at_the_scale_with_their_recipe(root: Path) -> None:
    expected = {
        "evaluation": {"resamples": 1000, "confidence": 0.95, "seed": 0},
        "training": {"threads": 1},
        "entries": {
            "datasets.d": {"generator": "wave", "law": {"length": 9, "rate": 7}, "train": 3},
            "models.d-net": {
                "dataset": "d", "arch": "line", "batch": 8, "steps": 30, "seed": 4, "width": {"a": 1, "b": 2},
            },
            "baselines.d-ridge": {"method": "linear", "options": {"penalty": 2}},
        },
    }  # fmt: skip
    names = ["d-net", "d-ridge"]
    assert inputs.parameters(root, "forecast", "d", names, "paper") == expected
    text = json.dumps(expected, sort_keys=True, separators=(",", ":"))
    found = kept(root, *names)
    assert found["parameters"] == hashlib.sha256(text.encode()).hexdigest()
    assert (found["device"], found["seeds"], found["command"]) == ("a GPU", [4], "make again")
    assert date.fromisoformat(str(found["date"])) <= date.today()
    json.dumps(found)


def test_a_model_that_goes_on_from_another_has_that_ones_parameters_too(root: Path) -> None:
    found = inputs.parameters(root, "forecast", "d", ["d-more"], "laptop")["entries"]
    assert set(found) == {"datasets.d", "models.d-net", "finetuned.d-more"}


def test_code_is_what_is_declared_and_of_folders_what_is_imported(root: Path) -> None:
    expected = [
        "src/tidemark/core/loop.py", "src/tidemark/core/store.py", f"{CODE}/baselines/linear.py", f"{CODE}/laws/wave.py",
        f"{CODE}/metrics.py", f"{CODE}/models/line.py", f"{CODE}/sums.py", "src/tidemark/tables/by_name.py",
        "stages/evaluate.py", "stages/generate.py", "stages/train.py",
    ]  # fmt: skip
    found = inputs.code(root, "forecast", "d", ["d-net", "d-ridge"])
    assert [path.as_posix() for path in found] == expected


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        (PARAMS, "paper: {seed: 4", "paper: {seed: 5", ["parameters"]),
        (PARAMS, "paper: {steps: 30", "paper: {steps: 31", ["parameters"]),
        (PARAMS, "training: {batch: 8}", "training: {batch: 9}", ["parameters"]),
        (PARAMS, "law: {length: 9}", "law: {length: 8}", ["parameters"]),
        ("params.yaml", "resamples: 1000", "resamples: 2000", ["parameters"]),
        (PARAMS, "laptop: {steps: 20}", "laptop: {steps: 21}", []),
        (PARAMS, "law: {length: 5}", "law: {length: 6}", []),
        (PARAMS, "penalty: 2", "penalty: 3", []),
        ("params.yaml", "scale: laptop", "scale: smoke", []),
        ("params.yaml", "examples: 3", "examples: 4", []),
        (f"{CODE}/models/line.py", "", "x = 1\n", ["code"]),
        (f"{CODE}/sums.py", "", "x = 1\n", ["code"]),
        ("src/tidemark/tables/by_name.py", "", "x = 1\n", ["code"]),
        ("stages/train.py", "late", "later", ["code"]),
        (f"{CODE}/models/curve.py", "", "x = 1\n", []),
        (f"{CODE}/figures/section.py", "", "x = 1\n", []),
        ("src/tidemark/report/page.py", "", "x = 1\n", []),
        ("src/tidemark/core/unused.py", "", "x = 1\n", []),
    ],
)
def test_what_decides_the_score_makes_it_stale_and_nothing_else(
    root: Path, file: str, old: str, new: str, changed: list[str]
) -> None:
    small_pipeline.commit(root)
    write_json(root / "metrics/paper/d-net.json", {"provenance": kept(root)})
    assert stale(root) == []
    small_pipeline.replace(root / file, old, new) if old else (root / file).write_text(new)
    lines = stale(root)
    assert len(lines) == bool(changed)
    for line in lines:
        assert line.startswith(f"metrics/paper: d-net: {changed[0]} changed since {date.today().year}-")
        assert line.endswith(": make it again with make again")


def test_other_code_with_the_same_committed_scores_makes_nothing_stale(root: Path) -> None:
    def score(value: float) -> None:
        scores = {"test": {"mse": [value, 0.1, 0.9]}}
        predictors = [{"name": "d-net", "scores": scores}, {"name": "d-ridge", "scores": scores}]
        write_json(root / "metrics/forecast/d.json", {"predictors": predictors})
        small_pipeline.commit(root)

    score(0.5)
    write_json(root / "metrics/paper/d-net.json", {"provenance": kept(root)})
    write_json(root / "metrics/paper/d-plain.json", {"provenance": kept(root, "d-plain")})  # has no score
    (root / f"{CODE}/sums.py").write_text("x = 1\n")
    (line,) = stale(root)
    assert line.startswith("metrics/paper: d-plain: code changed since ")
    score(0.5000001)
    assert [line.partition(": code")[0] for line in stale(root)] == ["metrics/paper: d-net, d-plain"]
    score(0.5)
    small_pipeline.replace(root / PARAMS, "paper: {seed: 4", "paper: {seed: 5")
    assert "d-net: parameters and code changed" in "\n".join(stale(root))


def test_a_file_moved_to_another_name_is_other_code(root: Path) -> None:
    before = inputs.hash_code(root, "forecast", "d", ["d-net"])
    (root / "src/tidemark/tables/by_name.py").rename(root / "src/tidemark/tables/other.py")
    assert inputs.hash_code(root, "forecast", "d", ["d-net"]) != before


def test_files_kept_before_this_was_recorded_say_what_makes_them_again(root: Path) -> None:
    about = {"task": "forecast", "dataset": "d", "scale": "paper"}
    for name, more in {"d-net": {}, "d-plain": {}, "d-ridge": {"commit": "abc"}}.items():
        write_json(root / f"metrics/paper/{name}.json", about | more)
    again = "make {} again with dvc exp run -S scale=paper pipelines/forecast/dvc.yaml:figures@d && tidemark keep "
    why = "kept before parameters and code were recorded (commit {}): "
    assert stale(root) == [
        f"metrics/paper: 2 files: {why.format('not recorded')}{again.format('them')}d-net d-plain",
        f"metrics/paper: d-ridge: {why.format('abc')}{again.format('it')}d-ridge",
    ]


def test_what_is_no_longer_in_params_is_stale_with_its_reason(root: Path) -> None:
    write_json(root / "metrics/seeds/d.json", {"provenance": kept(root, "d-net", "d-plain")})
    write_json(root / "metrics/speed/d.json", {"provenance": {"scores": {}}})
    (root / PARAMS).write_text((root / PARAMS).read_text().replace("d-plain", "d-curve"))
    seeds, speed = stale(root)
    assert seeds.startswith("metrics/seeds: d: ") and "d-plain: no such predictor" in seeds
    assert "no 'task' in its provenance" in speed
    with pytest.raises(InputError, match="no stage evaluates 'nothing'"):
        inputs.code(root, "forecast", "nothing", [])


def test_of_a_sweep_each_baseline_is_held_against_what_is_there(root: Path) -> None:
    origin = kept(root, "d-ridge")
    options = inputs.hash_parameters(root, "forecast", "d", ["d-ridge"], "paper", {"penalty": 5})
    sweep = {"ridge": {"provenance": origin}, "tuned": {"provenance": {**origin, "parameters": options}}}
    write_json(root / "metrics/sweeps/d.json", {"task": "forecast", "baselines": sweep})
    (line,) = stale(root)
    assert line.startswith("metrics/sweeps: d-tuned: parameters changed since ")
    assert line.endswith("make it again with make again")
    # What the sweep found best is written into params.yaml: now the other one is stale.
    small_pipeline.replace(root / PARAMS, "penalty: 2", "penalty: 5")
    (line,) = stale(root)
    assert line.startswith("metrics/sweeps: d-ridge: parameters changed since ")


def test_the_commit_is_dirty_only_where_parameters_or_code_differ(root: Path) -> None:
    assert provenance.commit(root) == ""
    head = small_pipeline.commit(root)
    (root / "metrics").mkdir()
    (root / "metrics/new.json").write_text("{}")
    (root / "pipelines/forecast/dvc.lock").write_text("x")
    small_pipeline.replace(root / "params.yaml", "scale: laptop", "scale: paper")
    assert provenance.commit(root) == head
    (root / "src/new.py").write_text("")
    assert provenance.commit(root) == f"{head}-dirty"
    (root / "src/new.py").unlink()
    small_pipeline.replace(root / PARAMS, "penalty: 2", "penalty: 3")
    assert provenance.commit(root) == f"{head}-dirty"


def test_a_processor_is_named_as_linux_does_or_by_its_architecture(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text("processor\t: 0\nmodel name\t: AMD EPYC 7763\nmodel name\t: other\n")
    assert provenance.processor(path) == "AMD EPYC 7763"
    path.write_text("processor\t: 0\nCPU implementer\t: 0x41\n")
    assert provenance.processor(path).startswith("CPU, ")
    assert provenance.processor(tmp_path / "none").startswith("CPU, ")


@pytest.mark.parametrize("task", TASKS)
def test_entries_are_those_that_stages_read(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    scale = params.scale()
    for dataset in params.section(task, "baselines"):
        others = {name: (group, entry) for name, group, entry in references(task, dataset)}
        models = params.models(task, dataset)
        found = inputs.parameters(Path(), task, dataset, [*models, *others], scale)["entries"]
        for name, group in models.items():
            merged = dict(found[f"{group}.{name}"])
            entry = {key: merged.pop(key) for key in OWN if key in merged} | {"training": merged}
            assert GROUPS[group].model_validate(entry) == entries.of(task, name)
        for name, (group, entry) in others.items():
            assert ReferenceEntry.model_validate(found[f"{group}.{name}"]) == entry


@pytest.mark.parametrize("task", TASKS)
def test_stages_are_those_that_dvc_reads(task: str) -> None:
    def relative(items: object) -> frozenset[str]:
        files = (each for each in items if not isinstance(each, ParamsDependency))  # type: ignore[attr-defined]
        return frozenset(str(Path(each.fs_path).relative_to(REPOSITORY)) for each in files)

    there = [
        stage for stage in of_dvc() if Path(stage.path).parent == REPOSITORY or f"/{task}/" in stage.path
    ]
    expected = {(relative(stage.deps), relative(stage.outs)) for stage in there}
    found = {
        (frozenset(map(str, stage.deps)), frozenset(map(str, stage.outs)))
        for stage in lineage.stages(REPOSITORY, task)
    }
    assert found == expected


@pytest.mark.parametrize(
    ("task", "dataset", "name", "modules"),
    [
        ("denoise", "co2", "co2-unrolled-experts",
         "stages.window denoise.windows denoise.models.unrolled_experts denoise.renoised"),
        ("forecast", "harmonics-rich", "harmonics-rich-encoder-gru-resumed",
         "stages.generate forecast.models.sequence_to_sequence forecast.laws.harmonics"),
    ],
)  # fmt: skip
def test_all_code_that_python_loads_is_hashed(task: str, dataset: str, name: str, modules: str) -> None:
    names = [f"stages.{stage}" for stage in ("train", "evaluate")] + [
        each if each.startswith("stages.") else f"tidemark.{each}"
        for each in [f"{task}.learning", f"{task}.metrics", *modules.split()]
    ]
    script = (
        f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.startswith(('tidemark.', 'stages.')): print(module.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    loaded = {str(Path(line).relative_to(REPOSITORY)) for line in done.stdout.splitlines()}
    loaded = {path for path in loaded if not path.endswith("__init__.py")}
    hashed = {path.as_posix() for path in inputs.code(REPOSITORY, task, dataset, [name])}
    assert len(loaded) > 20
    assert loaded <= hashed
