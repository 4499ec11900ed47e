"""params.yaml files: what is read at each scale, and the one line that a wrong value gets."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.changed_params import default_tree, put, write_params
from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.frozen import SCALES, Count, Frozen
from tidemark.core.names import check_names
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.project.installed import installed
from tidemark.signals.dataset import DatasetEntry
from tidemark.training.entry import TrainingDefaults

FILE = "pipelines/denoise/params.yaml"


class Part(Frozen):
    """Below the entry of the tests."""

    a: Count
    b: Count = 7


class Thing(Frozen):
    """An entry of the tests."""

    size: Count
    part: Part = Part(a=1)
    names: tuple[str, ...] = ()


class Staged(Frozen):
    """One whose stage depends on its size and on the block of the scale."""

    beside_blocks = ("size",)

    size: Count
    part: Part = Part(a=1)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes a task's file, and the scale into the top one, into the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("pipelines/denoise").mkdir(parents=True)

    def put_down(text: str, scale: str = "laptop") -> None:
        Path("params.yaml").write_text(f"scale: {scale}\n")
        Path(FILE).write_text(text)

    return put_down


def refused(read: Callable[[], object]) -> str:
    """The one line that is said."""
    with pytest.raises(InputError) as error:
        read()
    assert "\n" not in str(error.value)
    return str(error.value)


def thing(name: str = "x") -> Thing:
    return params.entry("denoise", "things", name, Thing)


# Blocks of a scale


@pytest.mark.parametrize(("scale", "expected"), [("smoke", 2), ("laptop", 30), ("paper", 400)])
def test_an_entry_has_the_values_of_its_scale(write: Callable[..., None], scale: str, expected: int) -> None:
    write("things: {x: {part: {a: 1}, smoke: {size: 2}, laptop: {size: 30}, paper: {size: 400}}}", scale)
    assert thing() == Thing(size=expected, part=Part(a=1))


def test_blocks_are_merged_mapping_by_mapping(write: Callable[..., None]) -> None:
    write("things: {x: {size: 1, common: {part: {a: 2}}, laptop: {part: {b: 3}}}}")
    assert thing().part == Part(a=2, b=3)


def test_a_list_is_replaced_as_a_whole() -> None:
    assert params.merged({"a": [1, 2], "b": {"c": 1}}, {"a": [3], "b": {"d": 2}}) == {
        "a": [3], "b": {"c": 1, "d": 2},
    }  # fmt: skip


def test_an_entry_without_blocks_is_the_same_at_every_scale(write: Callable[..., None]) -> None:
    for scale in SCALES:
        write("things: {x: {size: 5}}", scale)
        assert thing() == Thing(size=5)


def test_a_block_may_be_empty(write: Callable[..., None]) -> None:
    write("things: {x: {size: 5, smoke: , laptop: {}, paper: {}, common: }}", "smoke")
    assert thing() == Thing(size=5)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{smoke: {size: 2}, paper: {size: 3}}", "no block for scale 'laptop'; add laptop: beside smoke, paper"),
        ("{size: 1, laptop: {size: 2}}", "x.size: also in the block laptop; leave it out of one of them"),
        ("{common: {size: 1}, laptop: {size: 2}}", "x.size: also in the block laptop"),
        ("{size: 1, common: {size: 2}, laptop: {}}", "x.size: also in the block common"),
        ("{size: 1, part: {a: 1}, laptop: {part: {a: 1}}}", "x.part.a: also in the block laptop"),
        ("{size: 1, laptop: 3}", "x.laptop = 3: expected a mapping of its keys"),
        ("{size: 1, common: [size]}", "x.common = ['size']: expected a mapping of its keys"),
        ("{laptop: {size: 0}}", "x.size = 0: input should be greater than or equal to 1"),
        ("{laptop: {size: 1, sise: 1}}", "x.sise: unknown key; expected one of names, part, size"),
        ("{size: 1, part: {a: 1, c: 2}}", "x.part.c: unknown key; expected one of a, b"),
        ("{size: 1, part: {}}", "x.part.a: missing key; add it"),
        ("{}", "x.size: missing key; add it"),
        ("{size: many}", "x.size = 'many': input should be a valid integer"),
        ("3", "x = 3: expected a mapping of its keys"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_named_with_its_file_and_key(
    write: Callable[..., None], entry: str, message: str
) -> None:
    write(f"things: {{x: {entry}}}")
    said = refused(thing)
    assert said.startswith(f"{FILE}: things.x")
    assert message in said


def test_a_wrong_block_of_another_scale_is_let_be(write: Callable[..., None]) -> None:
    """It is read when that scale is chosen."""
    write("things: {x: {laptop: {size: 2}, paper: {size: 0}}}")
    assert thing().size == 2


def test_a_key_that_a_stage_would_not_see_is_refused_beside_blocks(write: Callable[..., None]) -> None:
    """Changed there, it would change nothing that runs."""

    def read() -> Staged:
        return params.entry("denoise", "things", "x", Staged)

    write("things: {x: {size: 1, part: {a: 2}, laptop: {}}}")
    assert refused(read) == (
        f"{FILE}: things.x.part: beside the blocks; there expected one of size, all else in smoke, laptop, paper"
    )
    for text in (
        "size: 1, part: {a: 2}",
        "size: 1, laptop: {part: {a: 2}}",
        "size: 1, common: {part: {a: 2}}",
    ):
        write(f"things: {{x: {{{text}}}}}")
        assert read().part.a == 2


# Names


@pytest.mark.parametrize("name", ["a b", "a.b", "3x", "a/b", "'$(date)'", "-x"])
def test_a_name_that_could_be_none_of_a_file_is_refused(write: Callable[..., None], name: str) -> None:
    write(f"things: {{{name}: {{size: 1}}}}")
    said = refused(lambda: params.section("denoise", "things"))
    plain = name.strip("'")
    assert said == f"{FILE}: things.{plain}: a name is letters, digits, '-' and '_' only"


def test_an_unknown_name_lists_those_there_are(write: Callable[..., None]) -> None:
    write("things: {x: {size: 1}, a-b_2: {size: 2}}")
    assert refused(lambda: thing("y")) == f"{FILE}: things.y: unknown; expected one of a-b_2, x"
    assert params.entries("denoise", "things", Thing) == {"x": Thing(size=1), "a-b_2": Thing(size=2)}


def test_a_group_that_is_not_there_is_empty_and_one_that_is_no_mapping_refused(
    write: Callable[..., None],
) -> None:
    write("things:\nothers: [1]")
    assert params.section("denoise", "none") == params.section("denoise", "things") == {}
    said = refused(lambda: params.section("denoise", "others"))
    assert said == f"{FILE}: others: expected a mapping of entries by name"


# Files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("things: [x", "not valid YAML"),
        ("x: 1\nx: 2", "not valid YAML: .*duplicate key"),
        ("- a\n- b", "expected a mapping of parameters, got list"),
        ("", "expected a mapping of parameters, got NoneType"),
    ],
)
def test_yaml_that_is_none_is_refused(write: Callable[..., None], text: str, message: str) -> None:
    write(text)
    with pytest.raises(InputError, match=f"^{FILE}: {message}"):
        params.section("denoise", "things")
    refused(thing)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused(thing)
    assert said == f"{FILE}: no such file; run this in the folder of a tidemark pipeline"


def test_a_file_that_changes_is_read_again(write: Callable[..., None]) -> None:
    write("things: {x: {size: 1}}")
    assert thing().size == 1
    write("things: {x: {size: 2}}")
    os.utime(FILE, ns=(0, 1))
    assert thing().size == 2


def test_a_number_may_have_an_exponent(write: Callable[..., None]) -> None:
    """As YAML 1.2 has it; by the rules of 1.1 it would be text."""
    write("things: {x: {size: 2e1}}")
    assert thing().size == 20


# The top file


@pytest.mark.parametrize("value", ["big", 3, None])
def test_a_wrong_scale_is_named(write: Callable[..., None], value: object) -> None:
    write("things: {}")
    Path("params.yaml").write_text(f"scale: {'null' if value is None else value}")
    assert refused(params.scale) == f"params.yaml: scale = {value!r}: expected one of smoke, laptop, paper"


@pytest.mark.parametrize(
    ("key", "value", "kind", "message"),
    [
        ("training.threads", 0, TrainingDefaults, "training.threads = 0: input should be greater"),
        ("training.tensorboard", "perhaps", TrainingDefaults, "training.tensorboard = 'perhaps': input should be a valid bool"),
        ("training.snapshots", ..., TrainingDefaults, "training.snapshots: missing key; add it"),
        ("evaluation.confidence", 1, EvaluationEntry, "evaluation.confidence = 1: input should be less than 1"),
        ("evaluation", ..., EvaluationEntry, "evaluation.resamples: missing key; add it"),
        ("evaluation.colour", "red", EvaluationEntry, "evaluation.colour: unknown key; expected one of confidence, "),
    ],
)  # fmt: skip
def test_a_wrong_section_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, value: object, kind: Any, message: str
) -> None:
    tree = default_tree()
    put(tree, key, value)
    monkeypatch.chdir(write_params(tmp_path, {"": tree}))
    assert refused(lambda: params.top(key.split(".")[0], kind)).startswith(f"params.yaml: {message}")


def test_the_committed_files_have_every_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    for scale in SCALES:
        folder = write_params(tmp_path / scale, {"": default_tree() | {"scale": scale}})
        monkeypatch.chdir(folder)
        sizes.append(params.entry("denoise", "datasets", "sine", DatasetEntry).train)
    assert sizes == [256, 8000, 8000]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"models": {"notes": {"dataset": ".."}}}, "models.notes.dataset = '..': a name is letters"),
        ({"models": {"notes": {"dataset": 5}}}, "models.notes.dataset = 5: a name is letters"),
        ({"finetuned": {"a": {"dataset": "b", "init_from": "../src"}}}, "init_from = '../src': a name is"),
        ({"recordings": {"../notes": {}}}, "recordings.../notes: a name is letters"),
        ({"baselines": {"a/b": []}}, "baselines.a/b: a name is letters"),
    ],
)
def test_no_name_leads_out_of_the_folders_of_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entries: dict[str, Any], said: str
) -> None:
    """DVC deletes what lies at the path of an output before the output's stage runs."""
    monkeypatch.chdir(tmp_path)
    check_names()
    Path(FILE).parent.mkdir(parents=True)
    whole = {
        "models": {"a-b": {"dataset": "c_1"}},
        "finetuned": {"d": {"init_from": "c_1/a-b"}},
        "limits": None,
    }
    Path(FILE).write_text(json.dumps(whole))
    check_names()
    Path(FILE).write_text(json.dumps(whole | entries))
    with pytest.raises(InputError, match=re.escape(said)):
        installed(Path("installed.txt"))
    assert not Path("installed.txt").exists()
