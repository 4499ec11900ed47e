"""Entries put in and taken out: what a YAML library makes of the text, and every other line as it was."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from support.documents import REPOSITORY
from tidemark.project import edit, lists

FILES = sorted(REPOSITORY.glob("pipelines/*/params.yaml"))
ENTRY = {
    "file": "a b.csv",
    "columns": ["x [m]"],
    "hop": 3,
    "blocks": [0.6, 0.2, 0.2],
    "options": {"a": None, "b": {}},
}


def load(text: str) -> Any:
    return YAML(typ="safe").load(text)


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = [*difflib.unified_diff(before.splitlines(), after.splitlines(), n=0)][2:]
    return [line[1:] for line in lines if line[0] == "+"], [line[1:] for line in lines if line[0] == "-"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_an_entry_goes_in_and_out_again(path: Path) -> None:
    before = path.read_text()
    whole = load(before)
    for section, within in whole.items():
        after = edit.insert(before, section, "pump", ENTRY)
        assert load(after) == whole | {section: {**within, "pump": ENTRY}}
        added, taken = changed(before, after)
        assert all(line.startswith(f"{section}:") for line in taken)  # of one that stood on one line
        assert len(added) == 1 + len(ENTRY) + len(taken) * (1 + len(within))
        back = edit.remove(after, section, "pump")
        assert load(back) == whole
        assert taken or back == before


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_every_entry_comes_out_alone(path: Path) -> None:
    before = path.read_text()
    whole = load(before)
    for section, within in whole.items():
        for name in [*within][:: max(len(within) // 3, 1)]:
            after = edit.remove(before, section, name)
            left = {key: value for key, value in within.items() if key != name}
            assert load(after) == whole | {section: left}
            added, _ = changed(before, after)
            assert added == ([] if left else [f"{section}: {{}}"])


def test_a_comment_goes_with_its_entry_and_not_with_that_of_several() -> None:
    text = "m:\n  # of both\n  a: 1\n  b: 2\n  # of c\n  c: 3\n\n# of n\nn: {x: 1}\n"
    assert edit.remove(text, "m", "a") == text.replace("  a: 1\n", "")
    assert edit.remove(text, "m", "c") == text.replace("  # of c\n  c: 3\n", "")
    assert edit.remove(text, "m", "b") == text.replace("  b: 2\n", "")
    assert edit.remove(text, "n", "x") == text.replace("{x: 1}", "{}")
    assert edit.remove(text, "m", "z") == edit.remove(text, "z", "a") == text
    assert edit.remove_key(text, "m") == "\n# of n\nn: {x: 1}\n"
    assert edit.remove_key("# the file\na: 1\n", "a") == "# the file\n{}\n"


def test_the_first_entry_of_an_empty_group() -> None:
    assert edit.insert("# top\nm: {}\n\n# n\nn: {}\n", "m", "a", {"b": [1]}) == (
        "# top\nm:\n  a:\n    b: [1]\n\n# n\nn: {}\n"
    )
    assert load(edit.insert("m: {}\n", "new", "a", [])) == {"m": {}, "new": {"a": []}}


@pytest.mark.parametrize("task", [path.parent.name for path in FILES])
def test_plots_of_one_file_a_dataset_have_the_new_one_too(task: str) -> None:
    before = (REPOSITORY / "pipelines" / task / "dvc.yaml").read_text()
    after = lists.insert(before, task, "pump")
    added, taken = changed(before, after)
    assert not taken
    assert [line.strip().partition(": ")[0] for line in added] == [
        f"../../plots/datasets/{task}/pump/{file}.csv" for file in ("curves", "position")
    ][: len(added)]
    assert added and lists.remove(after, task, "pump") == before
    dataset = next(iter(load((REPOSITORY / f"pipelines/{task}/params.yaml").read_text())["baselines"]))
    assert f"/{dataset}/" not in lists.remove(before, task, dataset)


def test_the_first_dataset_brings_the_plots() -> None:
    stages = "stages:\n  a: {cmd: x}\n"
    text = lists.insert(stages, "denoise", "pump")
    names = [name for plot in load(text)["plots"] for name in plot]
    assert names == ["denoise-curves", "denoise-position"]
    assert lists.remove(text, "denoise", "pump").strip() == stages.strip()
