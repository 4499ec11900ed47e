"""Training batches of new signals at every step, drawn from the dataset's law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from tidemark.core import registry
from tidemark.core.errors import InputError
from tidemark.core.law import Generator
from tidemark.core.params import validate
from tidemark.training.batches import Batches, CurriculumBatches, Draw, FreshBatches, Request
from tidemark.training.entry import Stage


def fresh(request: Request) -> Batches:
    """Batches of the curriculum's laws one after another, then of the dataset's own.

    Raises `InputError` unless the dataset was drawn from the law that the entry names.
    """
    training = request.entry.training
    stages = [
        (stage.steps, FreshBatches(draw(request, stage.law), request.device, *request.share))
        for stage in [*training.curriculum, Stage(steps=training.steps)]
    ]
    return CurriculumBatches(stages)


def draw(request: Request, stage: Mapping[str, Any], device: torch.device | None = None) -> Draw:
    """New signals of the dataset's law, changed as the entry and its `stage` say."""
    info, entry = request.info, request.entry
    room, _, name = entry.source.rpartition("/")
    if info.generator != name:
        raise InputError(
            f"{request.where}.source = {entry.source!r}: {info.name} is made by {info.generator!r}; name "
            "that law if there is one, or training/stored"
        )
    generator = registry.load(room, name, f"{request.where}.source", Generator)
    changed = {**info.law, **entry.training.law, **stage}
    law = validate(generator.law, changed, f"{request.where}.training.law")
    return lambda count, stream: generator.generate(law, count, stream, device or request.device)
