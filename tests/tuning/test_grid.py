"""Which options a sweep tries, as they are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.tuning import grid


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> None:
        path = tmp_path / "pipelines/forecast/sweeps.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(text)

    return write


def test_all_combinations_are_tried(written: Callable[[str], None]) -> None:
    written("d:\n  ar: {order: [1, 2], ridge: [0, 0.1]}\n")
    assert grid.labels("forecast", "d") == ["ar"]
    assert grid.read("forecast", "d", "ar") == [
        {"order": 1, "ridge": 0},
        {"order": 1, "ridge": 0.1},
        {"order": 2, "ridge": 0},
        {"order": 2, "ridge": 0.1},
    ]


def test_a_list_holds_grids_of_their_own(written: Callable[[str], None]) -> None:
    written("d:\n  ar: [{kind: [a], order: [1]}, {kind: [b]}]\n")
    assert grid.read("forecast", "d", "ar") == [{"kind": "a", "order": 1}, {"kind": "b"}]


@pytest.mark.parametrize("text", ["d: {ar: 3}", "d: {ar: {}}", "d: {ar: {order: 3}}", "d: {ar: {order: []}}"])
def test_what_is_no_grid_is_named(written: Callable[[str], None], text: str) -> None:
    written(text)
    with pytest.raises(InputError, match=r"sweeps.yaml: d.ar.*expected a"):
        grid.read("forecast", "d", "ar")
