"""The pipeline stays small enough for DVC to be quick, and reads the same for every task."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from dvc.dependency import ParamsDependency
from ruamel.yaml import YAML

from support.pipeline import REPOSITORY, stages

TASKS = sorted(path.parent.name for path in REPOSITORY.glob("pipelines/*/dvc.yaml"))
TOY = REPOSITORY / "tests/reproduction/toy"
PIPELINES = [
    *((task, REPOSITORY / "pipelines" / task) for task in TASKS),
    *((path.name, path) for path in (TOY / "pipelines").iterdir()),
]
OWN = {("infer", "window"): {"src/tidemark/infer/points.py"}}
"""By task and stage, dependencies that other tasks' stages of that name do not have."""


def test_few_stages_with_few_dependencies() -> None:
    counts = [
        sum(not isinstance(dependency, ParamsDependency) for dependency in stage.deps) for stage in stages()
    ]
    assert len(counts) <= 140
    assert max(counts) <= 9
    assert sum(counts) / len(counts) <= 7


def test_every_stage_is_described() -> None:
    assert [stage.addressing for stage in stages() if not stage.desc] == []


def definitions(task: str, folder: Path) -> dict[str, Any]:
    """The task's stages as written, its own name replaced and what only it has left out."""
    written: dict[str, Any] = {}
    for file in ("dvc.yaml", "train/dvc.yaml"):
        written |= YAML(typ="safe").load(folder / file)["stages"]
    for stage, definition in written.items():
        own = OWN.get((task, stage), set())
        definition["do"]["deps"] = [path for path in definition["do"]["deps"] if path not in own]
    return {stage: renamed(definition, task) for stage, definition in written.items()}


def renamed(value: Any, task: str) -> Any:
    if isinstance(value, dict):
        return {renamed(key, task): renamed(each, task) for key, each in value.items()}
    if isinstance(value, list):
        return [renamed(each, task) for each in value]
    return value.replace(task, "TASK") if isinstance(value, str) else value


@pytest.mark.parametrize("pair", [*combinations(PIPELINES, 2)], ids=lambda pair: "-".join(dict(pair)))
def test_stages_of_one_name_are_the_same_for_all_tasks(pair: Any) -> None:
    first, second = (definitions(*each) for each in pair)
    shared = first.keys() & second.keys()
    assert {"train", "evaluate", "figures"} <= shared
    assert {stage: first[stage] for stage in shared} == {stage: second[stage] for stage in shared}


def test_params_files_are_short_and_say_how_to_add_an_entry() -> None:
    files = [REPOSITORY / "params.yaml", *REPOSITORY.glob("pipelines/*/params.yaml")]
    assert len(files) == 1 + len(TASKS)
    for file in files:
        lines = file.read_text().splitlines()
        assert len(lines) < 420, file
        assert lines[0].startswith("#"), file
        if file.parent != REPOSITORY:
            head = lines[: next(place for place, line in enumerate(lines) if not line.startswith("#"))]
            assert "To add a " in " ".join(head), file
