"""What became of a study's participants and windows."""

import json
from pathlib import Path

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.figures import studies

CONTENT = {
    "classes": ["sit", "walk"],
    "participants": {
        "P1": {"windows": 1200, "dropped": {"missing_values": 1, "no_annotation": 3000}},
        "P2": {"windows": 1, "dropped": {"missing_values": 1, "too_short": 0}},
    },
    "skipped": {},
}


def write(folder: Path, **changes: object) -> Path:
    (folder / "study.json").write_text(json.dumps(CONTENT | changes))
    return folder


def test_what_was_dropped_is_summed_by_reason(tmp_path: Path) -> None:
    assert studies.read(tmp_path) is None
    found = studies.read(write(tmp_path))
    assert found is not None and found.examples == {}
    assert found.sentences == [
        "2 participants, 1,201 windows; 3,002 more were dropped (no annotation: 3,000, missing values: 2)."
    ]


def test_nothing_dropped_and_somebody_skipped(tmp_path: Path) -> None:
    alone = {"P1": {"windows": 1, "dropped": {}}}
    found = studies.read(
        write(tmp_path, participants=alone, skipped={"P7": "P7.csv.gz: truncated.", "P8": "empty"})
    )
    assert found is not None and found.sentences == [
        "1 participant, 1 window; none was dropped.",
        "Skipped, since their recordings cannot be used: P7 (P7.csv.gz: truncated); P8 (empty).",
    ]


def test_spectrograms_fit_the_classes(tmp_path: Path) -> None:
    write(tmp_path)
    np.save(tmp_path / "first.npy", np.zeros((2, 10, 4, 4), dtype=np.float16))
    found = studies.read(tmp_path)
    assert found is not None and list(found.examples) == ["first"]
    np.save(tmp_path / "first.npy", np.zeros((2, 10, 4)))
    with pytest.raises(InputError, match=r"first.npy: shape \(2, 10, 4\); expected \(2, windows"):
        studies.read(tmp_path)
    (tmp_path / "first.npy").write_bytes(b"none")
    with pytest.raises(InputError, match="first.npy: no readable NPY array"):
        studies.read(tmp_path)


@pytest.mark.parametrize(
    "changes", [{"participants": {"P1": {}}}, {"participants": ["P1"]}, {"skipped": 3}, {"classes": None}]
)
def test_a_file_without_what_it_should_hold_is_named(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(InputError, match="study.json: .*expected classes, participants") as caught:
        studies.read(write(tmp_path, **changes))
    assert "\n" not in str(caught.value)
