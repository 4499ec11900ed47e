"""A project of an earlier version is renewed; what is the user's stays."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dvc.repo import Repo
from ruamel.yaml import YAML

from faults.faults import flip
from tidemark.core.errors import InputError
from tidemark.pipeline.doctor import doctor
from tidemark.project import renew
from tidemark.project.add import add
from tidemark.project.setup import Choices

pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning")  # of a library of DVC's
FORECAST = Path("pipelines/forecast/dvc.yaml")


def load(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def dump(tree: Any, path: Path) -> None:
    with path.open("w") as file:
        YAML().dump(tree, file)


@pytest.fixture
def used(project: Path, tmp_path: Path) -> Path:
    """A project with two datasets of one task."""
    path = tmp_path / "wave.csv"
    path.write_text("v\n" + "".join(f"{np.sin(place / 4):.4f}\n" for place in range(1000)))
    add(path, choices=Choices(horizon=5), say=lambda line: None)
    add(path, name="again", choices=Choices(horizon=5), say=lambda line: None)
    return project


def test_a_project_of_this_version_is_left_alone(used: Path) -> None:
    assert renew.outdated() == [] == renew.said()
    assert renew.refresh() == []


def test_a_pattern_that_hid_what_was_added_is_replaced_where_it_stands(
    used: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ignored, copy = Path(".gitignore"), Path("data/recorded/wave.csv")
    fresh = ignored.read_text()
    ignored.write_text(fresh.replace("/?*", "/*") + "/mine\n")
    assert doctor() == 1
    assert f"{copy}.dvc: DVC does not see it" in capfd.readouterr().out
    assert renew.refresh() == [ignored] and ignored.read_text() == fresh + "/mine\n"
    with Repo() as repo:
        assert {stage.addressing for stage in repo.index.stages} >= {f"{copy}.dvc"}
    flip(copy, random.Random(0))
    was = copy.read_bytes()
    doctor(repair=False)
    assert f"{copy}: its bytes do not have the hash" in capfd.readouterr().out and copy.read_bytes() == was


def test_old_stages_are_renewed_and_own_ones_kept(used: Path, tmp_path: Path) -> None:
    before, top = load(FORECAST), load(Path("dvc.yaml"))
    old = load(FORECAST)
    old["stages"]["window"]["do"]["cmd"] = "python -m tidemark.stages.old"
    old["stages"]["cut"] = {"foreach": "${recordings}", "do": {"cmd": "python -m tidemark.stages.cut"}}
    own = {"cmd": "echo mine > mine.txt", "outs": ["mine.txt"]}
    old["stages"]["mine"] = own
    old["plots"].append({"mine": {"x": "step", "y": {"mine.csv": "loss"}}})
    del old["stages"]["evaluate"]
    dump(old, FORECAST)
    dump({**top, "artifacts": {"best": {"path": "models"}}, "metrics": ["mine.json"]}, Path("dvc.yaml"))
    params = Path("pipelines/forecast/params.yaml")
    text = params.read_text().replace("finetuned: {}\n", "")
    assert text != params.read_text()
    params.write_text(text)
    Path(".dvcignore").write_text("/secret\n")
    (line,) = renew.said()
    assert "tidemark init --refresh" in line and "more" in line
    said: list[str] = []
    with pytest.raises(InputError):
        add(tmp_path / "none.csv", say=said.append)
    assert said == [line]
    changed = renew.refresh()
    assert {FORECAST, Path("dvc.yaml"), params, Path(".dvcignore")} == {*changed}
    now = load(FORECAST)
    assert now["stages"].pop("mine") == own and "cut" not in now["stages"]
    assert now["plots"].pop() == {"mine": {"x": "step", "y": {"mine.csv": "loss"}}}
    assert now == before
    assert load(Path("dvc.yaml"))["stages"] == top["stages"]
    assert load(Path("dvc.yaml"))["metrics"] == [*top["metrics"], "mine.json"]
    assert load(Path("dvc.yaml"))["artifacts"] == {"best": {"path": "models"}}
    assert params.read_text().startswith(text.rstrip()) and load(params)["finetuned"] == {}
    assert (
        Path(".dvcignore").read_text().startswith("/secret\n")
        and ".tidemark-*.tmp" in Path(".dvcignore").read_text()
    )
    assert renew.outdated() == []
    done = subprocess.run([sys.executable, "-m", "dvc", "stage", "list"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_checkout_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dvc.yaml").write_text("stages: {report: {cmd: python -m stages.report}}\n")
    assert renew.outdated() == []
    with pytest.raises(InputError, match="not that of a project"):
        renew.refresh()


def test_values_that_cannot_be_made_are_one_line(project: Path) -> None:
    whole = Path("params.yaml").read_text()
    for value in ("!!int ''", "0000-01-01", "9" * 5000, "[" * 5000):
        Path("params.yaml").write_text(f"{whole}extra: {value}\n")
        with pytest.raises(InputError, match=r"params\.yaml: no") as error:
            renew.said()
        assert "\n" not in str(error.value)
