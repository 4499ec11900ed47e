"""A project's pipeline is the repository's, but for the code: a project has none to depend on."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from support.documents import REPOSITORY
from tidemark.core.replacing import replacing
from tidemark.core.task import names
from tidemark.project import installed, template


def load(text: str) -> Any:
    return YAML(typ="safe").load(text)


def test_all_tasks_have_one() -> None:
    assert template.tasks() == names()


@pytest.mark.parametrize("task", names())
@pytest.mark.parametrize("file", ["dvc.yaml", "train/dvc.yaml"])
def test_stages_are_the_repositorys(task: str, file: str) -> None:
    ours = load((REPOSITORY / "pipelines" / task / file).read_text())["stages"]
    theirs = load(template.pipeline(task)[file])["stages"]
    assert ours.keys() == theirs.keys()
    for name, definition in ours.items():
        one, other = definition["do"], theirs[name]["do"]
        assert definition["foreach"] == theirs[name]["foreach"]
        assert one["outs"] == other["outs"] and one["wdir"] == other["wdir"]
        assert one["cmd"].replace("python -m stages.", "python -m tidemark.stages.") == other["cmd"]
        code = [path for path in one["deps"] if path.startswith(("src/", "stages/"))]
        assert other["deps"] == ["installed.txt", *(path for path in one["deps"] if path not in code)]
        # Of code that an entry names by a key, the key is a parameter.
        group = definition["foreach"].strip("${}")
        for key in ("arch", "source", "generator"):
            if any(f"${{item.{key}}}" in path for path in code):
                assert f"{group}.${{key}}.{key}" in str(other["params"])


def test_every_stage_that_a_project_runs_is_a_module_of_the_package() -> None:
    for task in names():
        for file in ("dvc.yaml", "train/dvc.yaml"):
            for definition in load(template.pipeline(task)[file])["stages"].values():
                module = definition["do"]["cmd"].split()[2]
                assert (REPOSITORY / "src" / f"{module.replace('.', '/')}.py").exists()


@pytest.mark.parametrize("task", names())
def test_an_empty_params_file_has_every_group_that_the_repositorys_has(task: str) -> None:
    ours = load((REPOSITORY / f"pipelines/{task}/params.yaml").read_text())
    empty = load(template.pipeline(task)["params.yaml"])
    assert {*ours} <= empty.keys() <= {*ours, "recordings", "datasets"}
    assert not any(empty.values())


def test_other_code_is_another_hash(tmp_path: Any) -> None:
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "notes.txt").write_text("1")
    first = installed.code(tmp_path)
    (tmp_path / "notes.txt").write_text("2")
    assert installed.code(tmp_path) == first
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages/b.py").write_text("1")
    second = installed.code(tmp_path)
    (tmp_path / "a.py").write_text("2")
    assert len({first, second, installed.code(tmp_path)}) == 3


def test_temporary_files_are_nobodys(project: Path) -> None:
    """What a kill left under metrics/ or models/ would otherwise be a part of them, and of dvc.lock."""
    from dvc.repo import Repo

    with replacing(Path("metrics/seeds/x.json")) as temporary:
        temporary.write_text("half")
        ignored = subprocess.run(["git", "check-ignore", temporary]).returncode == 0
        with Repo() as repo:
            assert ignored and repo.dvcignore.is_ignored_file(str(temporary.absolute()))
