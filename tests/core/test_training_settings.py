"""One hash for all that decides a training, and for nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.core.store import write_json
from tidemark.core.training_settings import settings

MODEL = {"arch": "recurrent", "dataset": {"name": "load", "length": 24, "mean": [0.1]}}
TRAINING = {"steps": 20, "learning_rate": 0.02}


def of(folder: Path, model: object = MODEL, training: object = TRAINING) -> str:
    write_json(folder / "model.json", model)
    write_json(folder / "training.json", training)
    return settings(folder)


def test_it_is_that_of_the_files_as_they_are_written(tmp_path: Path) -> None:
    own = of(tmp_path)
    whole = (tmp_path / "model.json").read_bytes() + (tmp_path / "training.json").read_bytes()
    assert own == hashlib.sha256(whole).hexdigest()[:16]


def test_names_of_columns_decide_no_training(tmp_path: Path) -> None:
    named = {**MODEL, "dataset": {**MODEL["dataset"], "columns": ["load [MW]"]}}
    assert of(tmp_path, named) == of(tmp_path)
    longer = {**MODEL, "dataset": {**MODEL["dataset"], "length": 25}}
    assert len({of(tmp_path), of(tmp_path, longer), of(tmp_path, training={**TRAINING, "steps": 21})}) == 3


def test_a_folder_without_a_training_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"model.json: no such file; train the model again"):
        settings(tmp_path)
