"""Classifying a study of one's own: a folder of participants' wrist recordings."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.classify.studies.checks import usual_step
from tidemark.classify.studies.dictionary import SCHEME, read_dictionary
from tidemark.classify.studies.entry import StudyEntry
from tidemark.classify.studies.folder import participants as in_folder
from tidemark.core.errors import InputError
from tidemark.core.frozen import SCALES
from tidemark.pipeline.recordings import ENOUGH
from tidemark.project.readable import Timing
from tidemark.project.setup import Choices, Folder, Proposal, Setup
from tidemark.project.setups import participants

FEWEST = 5
"""Participants that training, validation and tests must share."""
TEST, VALIDATION = 0.25, 0.15
SEGMENT, FRAMES = 120, 61
"""Samples of a spectrogram's segment, and segments: the smallest picture that the published network takes."""
SHORTEST = SEGMENT + FRAMES - 1
"""Samples of a window with a picture of that size."""
WINDOWS = (30, 15, 10, 6, 4)
"""Seconds of a window."""
FEW = 1000
"""Windows below which those for training overlap."""
EXTRACTED = "pid.npy"
"""Names the participants of windows that are cut already."""


def study(folder: Path, name: str) -> Proposal:
    """A quarter of the participants for testing, the dictionary's first scheme, published networks."""
    everyone = _participants(folder, name)
    _check_enough(str(folder), everyone)
    dictionary = folder / StudyEntry.model_fields["dictionary"].default
    scheme = _scheme(dictionary)
    classes = read_dictionary(dictionary, scheme).classes
    tests, validation = _split(everyone)
    common = {
        "labels": scheme,
        "spectrogram": {"window": "hann", "length": 120, "hop": 48, "precision": "float16"},
    }
    said = [
        f"{len(everyone)} participants, {len(tests)} of them for testing ({', '.join(tests)})",
        f"scheme {scheme}: {', '.join(classes)}",
    ]
    return _proposal(common, {"test": tests, "validation": validation}, said)


def people(files: Sequence[Path], choices: Choices, timing: Timing) -> Folder:
    """A study of a file for each participant: split by participant, in windows that suit rate and length."""
    assert choices.label is not None
    named = participants.names(files)
    _check_enough("files", [*named])
    known = {
        name: participants.read(file, choices.label, choices.column, timing) for name, file in named.items()
    }
    unit, classes = participants.unit_of(known, named), participants.classes_of(known, choices.label)
    tests, validation = _split_with_all(known, classes)
    rate = 1e9 / float(np.median([each.step for each in known.values()]))
    rate = round(rate) if abs(round(rate) / rate - 1) < 0.01 else float(f"{rate:.4g}")
    for name, each in known.items():
        usual_step(named[name], each.time, rate)
    seconds = {name: len(each.labels) / rate for name, each in known.items()}
    window = choices.window / rate if choices.window else _window(rate, sum(seconds[name] for name in tests))
    samples = round(window * rate)
    if samples < SHORTEST:
        raise InputError(f"--window {samples}: too short for the networks here; choose {SHORTEST} or more")
    common: dict[str, Any] = {"labels": participants.OWN, "sampling_rate": rate, "window": window}
    if unit != "g":
        common["units"] = unit
    if sum(seconds.values()) / window < FEW:
        common["overlap"] = 0.5
    common["spectrogram"] = {
        "window": "hann", "length": SEGMENT, "hop": (samples - SEGMENT) // (FRAMES - 1),
        "precision": "float16",
    }  # fmt: skip
    count = sum(int(seconds[name] / window) for name in tests)
    said = [
        ", ".join(f"{name} is {file.name}" for name, file in named.items()),
        f"{len(named)} participants, {len(tests)} of them for testing ({', '.join(tests)}), "
        f"{', '.join(validation)} for validation",
        f"classes by {choices.label!r}: {', '.join(classes)}",
        f"{rate:g} samples a second in {unit}; windows of {window:g} s, about {count} of them for testing",
    ]
    if count < ENOUGH:
        said.append(f"{count} test windows are few: scores will be uncertain; longer recordings have more")
    texts = {f"{name}.csv": each.text() for name, each in known.items()}
    file, text = participants.dictionary(classes)
    return Folder({**texts, file: text}, _proposal(common, {"test": tests, "validation": validation}, said))


def _check_enough(where: str, everyone: Sequence[str]) -> None:
    if len(everyone) < FEWEST:
        raise InputError(
            f"{where}: {len(everyone)} participants ({', '.join(everyone)}); training, validation and tests "
            f"need {FEWEST} or more"
        )


def _split(everyone: Sequence[str]) -> tuple[list[str], int]:
    """Participants for testing, and how many for validation."""
    return [*everyone[-max(1, round(TEST * len(everyone))) :]], max(1, round(VALIDATION * len(everyone)))


def _split_with_all(
    known: Mapping[str, participants.Participant], classes: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Participants for testing and for validation, so that the others have done everything.

    Raises `InputError` where a class is in too few files.
    """
    everyone = [*known]
    for start in range(len(everyone)):
        order = everyone[-start:] + everyone[:-start] if start else everyone
        tests, count = _split(order)
        rest = order[: -len(tests)]
        validation, training = rest[-count:], rest[:-count]
        if {label for name in training for label in known[name].labels} >= {*classes}:
            return sorted(tests), sorted(validation)
    number = {each: sum(each in one.labels for one in known.values()) for each in classes}
    rare = min(classes, key=lambda each: number[each])
    raise InputError(
        f"{rare!r} is in {number[rare]} of {len(known)} files, and training would lack it; leave its cells "
        "empty, or bring more participants"
    )


def _window(rate: float, seconds: float) -> float:
    """Seconds of a window: the longest that leaves enough for testing, else the shortest."""
    fitting = [float(each) for each in WINDOWS if each * rate >= SHORTEST] or [SHORTEST / rate]
    return next((each for each in fitting if seconds / each >= ENOUGH), fitting[-1])


def _proposal(common: Mapping[str, Any], split: Mapping[str, Any], said: Sequence[str]) -> Proposal:
    """Entries of a study: published networks and methods."""
    scales = {scale: {"split": {**split}} for scale in SCALES}
    recipes = {
        "residual-spectrogram-own": {
            "training": {
                "loss": "cross_entropy", "augmentation": {"rotation": 40, "scale": 0.1, "shift": 0.5},
                "batch": 32,
                "learning_rate": 0.002, "weight_decay": 0.05, "average": 0.99,
            },
            "smoke": {"steps": 8, "warmup": 1, "validate_every": 4, "hyperparameters": {"width": 8}},
            "laptop": {"steps": 360, "warmup": 40, "validate_every": 36, "hyperparameters": {"width": 16}},
            "paper": {"steps": 20000, "warmup": 500, "validate_every": 400, "hyperparameters": {"width": 32}},
        },
        "spectrogram-cnn-own": {
            "training": {
                "loss": "cross_entropy", "batch": 32, "learning_rate": 0.0003, "schedule": "constant",
                "clip": None,
            },
            "smoke": {"steps": 8, "validate_every": 4, "hyperparameters": {"filters": 4}},
            "laptop": {"steps": 180, "validate_every": 36, "hyperparameters": {"filters": 32}},
            "paper": {"steps": 6120, "validate_every": 306, "hyperparameters": {"filters": 32}},
        },
    }  # fmt: skip
    models = {
        "spectrogram-cnn": {
            "arch": "spectrogram_cnn", "source": "training/stored", "recipe": "spectrogram-cnn-own",
            "hyperparameters": {},
        },
        "residual-spectrogram": {
            "arch": "residual_spectrogram", "source": "classify/augmented",
            "recipe": "residual-spectrogram-own", "hyperparameters": {},
        },
    }  # fmt: skip
    baselines = {
        "majority": {},
        "random-forest": {"options": {"trees": 300, "smallest_leaf": 2, "split_features": None}},
        "gradient-boosting": {
            "options": {"rounds": 50, "learning_rate": 0.1, "leaves": 8, "split_features": 0.1}
        },
        "mini-rocket": {"options": {"features": 2520, "averaged": 2}},
    }
    entry = {"folder": "", "common": common, **scales}
    return Proposal(entry, recipes, models, baselines, said, group="studies")


def _participants(folder: Path, name: str) -> list[str]:
    windows = folder / EXTRACTED
    if windows.exists():
        return sorted({str(each) for each in np.load(windows, mmap_mode="r", allow_pickle=False)})
    return [*in_folder(folder, name)]


def _scheme(dictionary: Path) -> str:
    """The first scheme of a dictionary; what is wrong with the file is said by its reader."""
    header: Sequence[str] = []
    if dictionary.exists():
        with suppress(csv.Error, UnicodeError), dictionary.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    return next((each.removeprefix(SCHEME) for each in header if each.startswith(SCHEME)), "")


SETUP = Setup(("label", "column", "window"), ("label",), study=study, people=people)
