"""A dataset whose signals are drawn from a law: what params.yaml says of it, and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import torch
from pydantic import Field, model_validator

from tidemark.core import gaps, params, paths, registry
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen
from tidemark.core.law import Generator
from tidemark.core.store import Array, DatasetInfo, write_dataset

TEST = r"[A-Za-z][A-Za-z0-9_.-]*"


class DatasetEntry(Frozen):
    """A dataset made by a law of its task; `law` belongs to the generator of that name."""

    beside_blocks = ("generator", "seed", "law", "tests")

    generator: str
    seed: Annotated[int, Field(ge=0)]
    train: Count
    validation: Count
    test: Count
    """Number of signals in each split."""
    law: Mapping[str, Any]
    tests: Mapping[Annotated[str, Field(pattern=f"^{TEST}$")], Mapping[str, Any]] = {}
    """Further test sets by name: the keys of `law` that differ there. Each is as large as `test`."""
    missing_targets: Annotated[float, Field(ge=0)] = 0
    """Training targets to hide: a share of all values if below 1, otherwise how many."""
    target: str = ""
    """The array that they are hidden in."""

    @model_validator(mode="after")
    def _consistent(self) -> DatasetEntry:
        if 0.5 < self.missing_targets < 1:
            raise ValueError("missing_targets as a share is at most 0.5")
        if self.missing_targets and not self.target:
            raise ValueError("missing_targets: say in which array, with target")
        if taken := {"train", "validation", "test"} & set(self.tests):
            raise ValueError(f"tests.{min(taken)}: this split is there already; choose another name")
        return self


def generate_dataset(task: str, name: str) -> None:
    """Draw every split of dataset `name`, each from a stream of its own, and write them.

    Raises `InputError` naming the key that is wrong.
    """
    where = params.where(task, "datasets", name)
    entry = params.entry(task, "datasets", name, DatasetEntry)
    generator = registry.load(f"{task}/laws", entry.generator, f"{where}.generator", Generator)
    law = params.validate(generator.law, entry.law, f"{where}.law")
    laws = {
        test: params.validate(generator.law, {**entry.law, **changes}, f"{where}.tests.{test}")
        for test, changes in entry.tests.items()
    }
    counts = {"train": entry.train, "validation": entry.validation, "test": entry.test}
    counts |= dict.fromkeys(laws, entry.test)
    splits: dict[str, dict[str, Array]] = {}
    for place, (split, count) in enumerate(counts.items()):
        stream = torch.Generator().manual_seed(1000 * entry.seed + place)
        drawn = generator.generate(laws.get(split, law), count, stream)
        splits[split] = {key: tensor.numpy() for key, tensor in drawn.items()}
    if entry.missing_targets:
        if entry.target not in splits["train"]:
            known = ", ".join(sorted(splits["train"]))
            raise InputError(f"{where}.target = {entry.target!r}: no such array; expected one of {known}")
        random = np.random.default_rng(entry.seed)
        whole = splits["train"][entry.target]
        splits["train"][entry.target] = gaps.hide(
            whole, entry.missing_targets, random, f"{where}.missing_targets"
        )
    info = DatasetInfo(
        name=name,
        task=task,
        generator=entry.generator,
        seed=entry.seed,
        splits=counts,
        law=law.model_dump(),
        tests={test: changed.model_dump() for test, changed in laws.items()},
        **generator.describe(law),
    )
    write_dataset(paths.dataset(name), info, splits)
