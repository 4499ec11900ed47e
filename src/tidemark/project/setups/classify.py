"""Classifying a study of one's own: a folder of participants' wrist recordings."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from tidemark.classify.studies.dictionary import SCHEME, read_dictionary
from tidemark.classify.studies.entry import StudyEntry
from tidemark.classify.studies.folder import participants
from tidemark.core.errors import InputError
from tidemark.project.setup import Proposal, Setup

FEWEST = 5
"""Participants that training, validation and tests must share."""
TEST, VALIDATION = 0.25, 0.15
EXTRACTED = "pid.npy"
"""Names the participants of windows that are cut already."""


def study(folder: Path, name: str) -> Proposal:
    """A quarter of the participants for testing, the dictionary's first scheme, published networks."""
    everyone = _participants(folder, name)
    if len(everyone) < FEWEST:
        raise InputError(
            f"{folder}: {len(everyone)} participants ({', '.join(everyone)}); training, validation "
            "and tests need "
            f"{FEWEST} or more"
        )
    dictionary = folder / StudyEntry.model_fields["dictionary"].default
    scheme = _scheme(dictionary)
    classes = read_dictionary(dictionary, scheme).classes
    tests = everyone[-max(1, round(TEST * len(everyone))) :]
    validation = max(1, round(VALIDATION * len(everyone)))
    common = {
        "labels": scheme,
        "spectrogram": {"window": "hann", "length": 120, "hop": 48, "precision": "float16"},
    }
    scales = {
        scale: {"split": {"test": tests, "validation": validation}} for scale in ("smoke", "laptop", "paper")
    }
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
    said = [
        f"{len(everyone)} participants, {len(tests)} of them for testing ({', '.join(tests)})",
        f"scheme {scheme}: {', '.join(classes)}",
    ]
    entry = {"folder": "", "common": common, **scales}
    return Proposal(entry, recipes, models, baselines, said, group="studies")


def _participants(folder: Path, name: str) -> list[str]:
    windows = folder / EXTRACTED
    if windows.exists():
        return sorted({str(each) for each in np.load(windows, mmap_mode="r", allow_pickle=False)})
    return [*participants(folder, name)]


def _scheme(dictionary: Path) -> str:
    """The first scheme of a dictionary; what is wrong with the file is said by its reader."""
    header: Sequence[str] = []
    if dictionary.exists():
        with suppress(csv.Error, UnicodeError), dictionary.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    return next((each.removeprefix(SCHEME) for each in header if each.startswith(SCHEME)), "")


SETUP = Setup((), study=study)
