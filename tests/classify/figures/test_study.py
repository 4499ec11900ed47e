"""What became of a study's participants and windows."""

import json
from pathlib import Path

import pytest

from support.figures import results
from support.scored import predictor
from tidemark.classify.figures import study
from tidemark.classify.figures.view import VIEW
from tidemark.core.errors import InputError
from tidemark.report.figures.results import Results

CONTENT = {
    "classes": ["sit", "walk"],
    "participants": {
        "P1": {"windows": 1200, "dropped": {"missing_values": 1, "no_annotation": 3000}},
        "P2": {"windows": 1, "dropped": {"missing_values": 1, "too_short": 0}},
    },
    "skipped": {},
}


@pytest.fixture
def known(tmp_path: Path) -> Results:
    return results(VIEW, predictor("net", "model", kappa=0.5), root=tmp_path)


def write(known: Results, **changes: object) -> None:
    path = known.folder / "gallery/study.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(CONTENT | changes))


def test_what_was_dropped_is_summed_by_reason(known: Results) -> None:
    assert list(study.notes(known)) == [] and not study.made_up(known)
    write(known)
    assert list(study.notes(known)) == [
        "2 participants, 1,201 windows; 3,002 more were dropped (no annotation: 3,000, missing values: 2)."
    ]


def test_nothing_dropped_and_somebody_skipped(known: Results) -> None:
    alone = {"P1": {"windows": 1, "dropped": {}}}
    write(known, participants=alone, skipped={"P7": "P7.csv.gz: truncated.", "P8": "empty"})
    assert list(study.notes(known)) == [
        "1 participant, 1 window; none was dropped.",
        "Skipped, since their recordings cannot be used: P7 (P7.csv.gz: truncated); P8 (empty).",
    ]


def test_made_up_recordings_are_called_so(known: Results) -> None:
    write(known)
    assert not study.made_up(known)
    write(known, made_up=True)
    assert study.made_up(known)


def test_a_file_without_what_it_should_hold_is_named(known: Results) -> None:
    write(known)
    path = known.folder / "gallery/study.json"
    path.write_text(json.dumps({"classes": ["sit"]}))
    with pytest.raises(InputError, match="study.json: expected classes, participants and skipped") as caught:
        list(study.notes(known))
    assert "\n" not in str(caught.value)
