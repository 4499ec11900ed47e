"""Participants dealt into training, validation and test."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tidemark.classify.studies.entry import ParticipantSplit
from tidemark.core.errors import InputError

RANGE = re.compile(r"([A-Za-z])(\d+)\s*[-–]\s*([A-Za-z])(\d+)")
"""P101-P151."""


def split_of(
    participants: Sequence[str], split: ParticipantSplit, skipped: Sequence[str] = (), where: str = "split"
) -> dict[str, list[str]]:
    """Names for train, validation and test, in order; none is in two of them.

    `skipped` participants have no windows: they may be named, and are in no part; the others' parts do not
    depend on them, but one drawn for validation is replaced. `where` is the split's key. Raises `InputError`
    for a name that is not there and for a part without anyone.
    """
    names = sorted({*participants, *skipped})
    present = set(participants)
    drawn = [names[place] for place in np.random.default_rng(split.seed).permutation(len(names))]
    if split.folds is not None:
        test = set(drawn[split.fold :: split.folds])
        validation = set(drawn[(split.fold + 1) % split.folds :: split.folds])
    else:
        test = _named(split.test, names, f"{where}.test")
        if isinstance(split.validation, int):
            free = [name for name in drawn if name not in test and name in present]
            validation = set(free[: split.validation])
        else:
            validation = _named(split.validation, names, f"{where}.validation")
            if both := sorted(test & validation):
                raise InputError(f"{where}.validation: {both[0]} is for testing too; name each one once")
    parts = {
        "train": sorted(present - test - validation),
        "validation": sorted(present & validation),
        "test": sorted(present & test),
    }
    for part, result in parts.items():
        if not result:
            raise InputError(
                f"{where}: no participant for {part}, of {len(present)} "
                f"({', '.join(sorted(present)[:5])}{', …' if len(present) > 5 else ''}); "
                f"{'use more folds' if split.folds == 2 else 'name or count others, or add participants'}"
            )
    return parts


def _named(wanted: Sequence[str], names: Sequence[str], where: str) -> set[str]:
    """Those of `names` that are named by themselves or lie in a range."""
    result: set[str] = set()
    for text in wanted:
        if text in names:
            result.add(text)
            continue
        match = RANGE.fullmatch(text.strip())
        if match is None or match[1] != match[3]:
            raise InputError(f"{where}: {text!r} is no participant; there are {_listed(names)}")
        low, high = int(match[2]), int(match[4])
        inside = {name for name in names if name[0] == match[1] and low <= int(name[1:]) <= high}
        if not inside:
            raise InputError(f"{where}: no participant in {text}; there are {_listed(names)}")
        result |= inside
    return result


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f" … {names[-1]}" if len(names) > 10 else "")
