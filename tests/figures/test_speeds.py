from __future__ import annotations

from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.core.store import write_json
from tidemark.figures import speeds


def test_speeds_of_all_datasets(tmp_path: Path) -> None:
    assert speeds.read(tmp_path / "speed") == {}
    write_json(tmp_path / "speed/a.json", {"device": "x", "microseconds": {"a-net": 3.5}})
    write_json(tmp_path / "speed/b.json", {"device": "x", "microseconds": {"b-net": 7}})
    assert speeds.read(tmp_path / "speed") == {"a-net": 3.5, "b-net": 7.0}


def test_a_file_without_them_is_named(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"device": "x"})
    with pytest.raises(InputError, match=r"a\.json: no microseconds by predictor"):
        speeds.read(tmp_path)


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0.5, "0.5 µs"),
        (14.3, "14 µs"),
        (593.0, "593 µs"),
        (1200, "1.2 ms"),
        (3.96e3, "4 ms"),
        (2.5e6, "2.5 s"),
    ],
)
def test_durations_read_well(microseconds: float, text: str) -> None:
    assert speeds.duration(microseconds) == text
