"""What a study's windows are: whose they are, what was dropped or skipped, and some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidemark.core.errors import InputError
from tidemark.core.store import Array, read_json
from tidemark.figures.estimates import array

EXAMPLES = ("first", "random")
"""Files of spectrograms."""


@dataclass(frozen=True)
class Study:
    """What is known of one study."""

    classes: Sequence[str]
    windows: Mapping[str, int]
    """Kept, by participant."""
    dropped: Mapping[str, int]
    """Windows of all participants, by the reason to leave them out."""
    skipped: Mapping[str, str]
    """Participants that were left out, and why."""
    examples: Mapping[str, Array]
    """`first`, `random` → log-magnitudes (classes, windows, frequencies, times), NaN where there is none."""

    @property
    def sentences(self) -> list[str]:
        """How many windows there are, how many were dropped and why, and who was skipped."""
        kept, lost = sum(self.windows.values()), sum(self.dropped.values())
        text = f"{_count(len(self.windows), 'participant')}, {_count(kept, 'window')}"
        more = f"{lost:,} more were dropped ({self._reasons()})" if lost else "none was dropped"
        told = [f"{text}; {more}."]
        if self.skipped:
            reasons = "; ".join(f"{name} ({why.rstrip('.')})" for name, why in self.skipped.items())
            told.append(f"Skipped, since their recordings cannot be used: {reasons}.")
        return told

    def _reasons(self) -> str:
        ranked = sorted(self.dropped.items(), key=lambda each: (-each[1], each[0]))
        return ", ".join(f"{reason.replace('_', ' ')}: {count:,}" for reason, count in ranked if count)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def read(folder: Path) -> Study | None:
    """From `plots/details/<study>/`; none if there is no such folder.

    Raises `InputError` naming a file that does not hold what it should.
    """
    path = folder / "study.json"
    if not path.is_file():
        return None
    content = read_json(path)
    try:
        classes = [str(name) for name in content["classes"]]
        participants: Mapping[str, Any] = content["participants"]
        windows = {str(name): int(each["windows"]) for name, each in participants.items()}
        dropped: dict[str, int] = {}
        for each in participants.values():
            for reason, count in each["dropped"].items():
                dropped[str(reason)] = dropped.get(str(reason), 0) + int(count)
        skipped = {str(name): str(why) for name, why in content["skipped"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}: {type(error).__name__} {error}; expected classes, participants with windows and "
            "dropped, and skipped; run `dvc repro` again"
        ) from None
    read = {name: _examples(folder / f"{name}.npy", len(classes)) for name in EXAMPLES}
    examples = {name: found for name, found in read.items() if found is not None}
    return Study(classes, windows, dropped, skipped, examples)


def _examples(path: Path, classes: int) -> Array | None:
    if not path.is_file():
        return None
    found = array(path)
    if found.ndim != 4 or len(found) != classes:
        raise InputError(
            f"{path}: shape {found.shape}; expected ({classes}, windows, frequencies, times), a row a class; "
            "run `dvc repro` again"
        )
    return found
