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
    for place, (split, count) in enumerate(entry.splits.model_dump().items()):
        stream = torch.Generator().manual_seed(1000 * entry.seed + place)
        splits[split] = {
            key: tensor.numpy() for key, tensor in generator.generate(law, count, stream).items()
        }
    splits["train"]["clean"] = gaps.hide(
        splits["train"]["clean"],
        entry.missing_targets,
        np.random.default_rng(entry.seed),
        f"datasets.{name}.missing_targets",
    )
    info = store.DatasetInfo(
        name=name,
        generator=entry.generator,
        seed=entry.seed,
        splits=entry.splits.model_dump(),
        law=law.model_dump(),
        **generator.describe(law),
    )
    store.write_dataset(dataset, info, splits)


if __name__ == "__main__":
    command.run(generate)
