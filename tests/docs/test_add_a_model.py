"""The page on adding a model, followed to the letter, and its tables."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest

from reproduction.conftest import Pipeline
from support.documents import follow, read, run
from tidemark.classify.augmented import Augmentation
from tidemark.core import registry
from tidemark.core.task import names
from tidemark.training.batches import Source
from tidemark.training.entry import TrainingEntry

PAGE = read("docs/add-a-model.md")


@pytest.mark.pipeline
def test_who_follows_the_page_has_a_model(pipeline: Pipeline) -> None:
    said: dict[str, str] = {}
    for command in follow(PAGE, pipeline.folder):
        said[command] = run(command, pipeline.folder, pipeline.environment())
    trained = {stage for stage in pipeline.ran(said["dvc repro"]) if "/train@" in stage}
    assert trained == {"denoise/train@sine-convolution"}
    assert "sine-convolution" in said["tidemark models"]
    scored = json.loads((pipeline.folder / "metrics/denoise/sine.json").read_text())
    assert "sine-convolution" in [each["name"] for each in scored["predictors"]]
    assert "sine-convolution" in (pipeline.folder / "plots/report.html").read_text()


def test_every_key_of_training_is_explained() -> None:
    table = PAGE.partition("## Keys of training")[2].partition("\n## ")[0]
    rows = [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| `")]
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == set(TrainingEntry.model_fields)
    optimizers = get_args(TrainingEntry.model_fields["optimizer"].annotation)
    assert all(f"`{optimizer}`" in table for optimizer in optimizers)
    assert all(f"`{key}`" in table for key in Augmentation.model_fields)


def test_sources_are_those_that_there_are() -> None:
    table = PAGE.partition("## Where batches come from")[2].partition("\n## ")[0]
    for room, name in re.findall(r"^\| `(\w+)/(\w+)` ", table, re.MULTILINE):
        assert registry.load(room, name, "page", Source)
    for room in ("training", *names()):
        for name in registry.names(room):
            if "SOURCE = Source(" in (registry.PACKAGE / room / f"{name}.py").read_text():
                assert f"`{room}/{name}`" in table
