"""What a study's windows are: whose they are, what was dropped or skipped, and whether they are made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.report.figures.results import Results


def read(results: Results) -> Mapping[str, Any]:
    """What `study.json` in the dataset's gallery says; empty if there is no such file."""
    path = results.folder / "gallery" / "study.json"
    content = read_json(path) if path.is_file() else {}
    if content and not {"classes", "participants", "skipped"} <= content.keys():
        raise InputError(f"{path}: expected classes, participants and skipped; run `dvc repro` again")
    result: Mapping[str, Any] = content
    return result


def made_up(results: Results) -> bool:
    """Whether the recordings were simulated."""
    return bool(read(results).get("made_up", False))


def notes(results: Results) -> Iterator[str]:
    """How many windows there are, how many were dropped and why, and who was skipped."""
    study = read(results)
    if not study:
        return
    people = study["participants"].values()
    windows = sum(each["windows"] for each in people)
    dropped = Counter[str]()
    for each in people:
        dropped.update(each["dropped"])
    reasons = ", ".join(
        f"{reason.replace('_', ' ')}: {count:,}"
        for reason, count in sorted(dropped.items(), key=lambda each: (-each[1], each[0])) if count
    )  # fmt: skip
    lost = f"{dropped.total():,} more were dropped ({reasons})" if dropped.total() else "none was dropped"
    yield f"{_count(len(people), 'participant')}, {_count(windows, 'window')}; {lost}."
    if study["skipped"]:
        skipped = "; ".join(f"{name} ({why.rstrip('.')})" for name, why in study["skipped"].items())
        yield f"Skipped, since their recordings cannot be used: {skipped}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
