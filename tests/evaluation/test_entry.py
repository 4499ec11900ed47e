"""Baselines and limits of a dataset, as params.yaml has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.changed_params import default_tree, write_params
from tidemark.core import params, task
from tidemark.core.errors import InputError
from tidemark.core.frozen import SCALES
from tidemark.evaluation.entry import EvaluationEntry, ReferenceEntry, check, references

FILE = "pipelines/denoise/params.yaml"
Found = list[tuple[str, str, ReferenceEntry]]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Found]:
    """The references of dataset `d` in a file of this text."""
    monkeypatch.chdir(tmp_path)
    Path(FILE).parent.mkdir(parents=True)

    def found(text: str, scale: str = "laptop") -> Found:
        Path("params.yaml").write_text(f"scale: {scale}")
        Path(FILE).write_text(text)
        return list(references("denoise", "d"))

    return found


def test_a_list_names_methods_without_options(read: Callable[..., Found]) -> None:
    assert read("baselines: {d: [raw, least-squares-sine]}\nlimits: {d: []}") == [
        ("d-raw", "baselines", ReferenceEntry(method="raw")),
        ("d-least-squares-sine", "baselines", ReferenceEntry(method="least_squares_sine")),
    ]


def test_a_mapping_names_each_with_its_method_and_options(read: Callable[..., Found]) -> None:
    found = read(
        "baselines: {d: {wiener: {options: {window: 9}}, raw: {}, mean: }}\n"
        "limits: {d: {posterior-causal: {method: phase_posterior, options: {causal: true}}}}"
    )
    assert found == [
        ("d-wiener", "baselines", ReferenceEntry(method="wiener", options={"window": 9})),
        ("d-raw", "baselines", ReferenceEntry(method="raw")),
        ("d-mean", "baselines", ReferenceEntry(method="mean")),
        ("d-posterior-causal", "limits", ReferenceEntry(method="phase_posterior", options={"causal": True})),
    ]
    assert [entry.causal for _, _, entry in found] == [False, False, False, True]


def test_options_may_differ_by_scale(read: Callable[..., Found]) -> None:
    text = "baselines: {d: {wiener: {smoke: {options: {window: 3}}, laptop: {options: {window: 9}}}}}"
    assert [read(text, scale)[0][2].options["window"] for scale in ("smoke", "laptop")] == [3, 9]


def test_a_dataset_that_is_not_named_has_none(read: Callable[..., Found]) -> None:
    assert read("baselines: {other: [raw]}") == []


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ("[a b]", "d.a b: a name is letters, digits, '-' and '_' only"),
        ("{a/b: {}}", "d.a/b: a name is letters, digits, '-' and '_' only"),
        ("[3]", "d.3: a name is letters, digits, '-' and '_' only"),
        ("[{wiener: {}}]", "d.{'wiener': {}}: a name is letters, digits, '-' and '_' only"),
        ("raw", "d = 'raw': expected a list of methods, or a mapping of names to method and options"),
        ("{wiener: 9}", "d.wiener = 9: expected a mapping of its keys"),
        ("{wiener: {window: 9}}", "d.wiener.window: unknown key; expected one of method, options"),
        ("{wiener: {paper: {}}}", "d.wiener: no block for scale 'laptop'; add laptop: beside paper"),
        ("{wiener: {options: 3}}", "d.wiener.options = 3: input should be a valid dictionary"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(read: Callable[..., Found], entries: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(f"baselines: {{d: {entries}}}")
    assert str(error.value).startswith(f"{FILE}: baselines.{message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("scale", SCALES)
def test_every_committed_method_is_there_and_takes_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scale: str
) -> None:
    monkeypatch.chdir(write_params(tmp_path, {"": default_tree() | {"scale": scale}}))
    for name in task.names():
        for dataset in params.section(name, "baselines"):
            for _, group, entry in references(name, dataset):
                check(name, dataset, f"{dataset}-{entry.method}", group, entry)


def evaluation(examples: object) -> EvaluationEntry:
    written = {"resamples": 50, "confidence": 0.9, "seed": 0, "examples": examples}
    return params.validate(EvaluationEntry, written, "params.yaml: evaluation")


@pytest.mark.parametrize(
    ("examples", "shown", "chosen"),
    [
        (3, [0, 1, 2], None),
        (99, list(range(9)), None),
        ([7, 2], [7, 2], (7, 2)),
        ({"all": 1, "d": [8]}, [8], (8,)),
        ({"all": 2, "e": [80]}, [0, 1], None),
    ],
)
def test_examples_are_the_first_or_those_asked_for(
    examples: object, shown: list[int], chosen: tuple[int, ...] | None
) -> None:
    entry = evaluation(examples)
    assert list(entry.shown("d", 9)) == shown
    assert entry.chosen("d") == chosen


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (0, r"^params.yaml: evaluation.examples = 0: expected a number of signals, a list of their indices"),
        (True, r"evaluation.examples = True: expected a number"),
        ("first", r"evaluation.examples = 'first': expected a number"),
        ([], r"evaluation.examples = \[\]: expected a number"),
        ([3, -1], r"evaluation.examples = \[3, -1\]: expected a number"),
        ([3, 3], r"evaluation.examples = \[3, 3\]: an index is there twice"),
        ({"all": 1, "d": [2.5]}, r"evaluation.examples: expected a number of signals"),
        ({"d": 3}, r"evaluation.examples: no all; add it for the datasets that are not named"),
    ],
)
def test_examples_that_are_none_are_refused_in_a_line(examples: object, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        evaluation(examples)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("examples", "key"), [([2, 9], "examples"), ({"all": 1, "d": [9]}, "examples.d"), ({"all": [9]}, "examples.all")]
)  # fmt: skip
def test_an_example_that_is_not_there_is_named(examples: object, key: str) -> None:
    with pytest.raises(
        InputError, match=rf"^params.yaml: evaluation.{key} = \[.*9\]: d has 9 .*, 0 to 8; leave 9 out$"
    ):
        evaluation(examples).shown("d", 9)
