"""Draw a dataset's signals from its law."""

from pathlib import Path

import numpy as np
import torch

from tidemark import gaps
from tidemark.core import command, params, registry, store


def generate(name: str, dataset: Path) -> None:
    """Draw the splits of dataset NAME and write them to DATASET."""
    entry = params.entry_of(params.load().datasets, name, "datasets")
    generator = registry.load("signals", entry.generator, f"datasets.{name}.generator")
    law = params.validate(generator.Law, entry.law, f"datasets.{name}.law")
    splits: dict[str, dict[str, store.Array]] = {}
    counts = entry.splits.model_dump() | dict.fromkeys(entry.tests, entry.splits.test)
    laws = {
        test: params.validate(generator.Law, {**entry.law, **changes}, f"datasets.{name}.tests.{test}")
        for test, changes in entry.tests.items()
    }
    for place, (split, count) in enumerate(counts.items()):
        stream = torch.Generator().manual_seed(1000 * entry.seed + place)
        drawn = generator.generate(laws.get(split, law), count, stream)
        splits[split] = {key: tensor.numpy() for key, tensor in drawn.items()}
    if entry.missing_targets:
        target = next(key for key in ("clean", "future", "target") if key in splits["train"])
        splits["train"][target] = gaps.hide(
            splits["train"][target],
            entry.missing_targets,
            np.random.default_rng(entry.seed),
            f"datasets.{name}.missing_targets",
        )
    info = store.DatasetInfo(
        name=name,
        generator=entry.generator,
        seed=entry.seed,
        splits=counts,
        law=law.model_dump(),
        tests={test: changed.model_dump() for test, changed in laws.items()},
        **generator.describe(law),
    )
    store.write_dataset(dataset, info, splits)


if __name__ == "__main__":
    command.run(generate)
