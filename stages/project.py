"""Lay out in the plane what a layer of a trained model makes of the points of test signals."""

from pathlib import Path

import torch

from tidemark import trained
from tidemark.core import command, params, registry, store
from tidemark.projection import points


def project(name: str, dataset: Path, model: Path, table: Path) -> None:
    """Write TABLE of the projection NAME: points of DATASET's test signals as a layer of MODEL sees them."""
    entry = params.entry_of(params.load().projections, name, "projections")
    task = registry.load("tasks", entry.task, f"projections.{name}.task")
    network = trained.load(model, torch.device("cpu")).network
    split = store.read_split(dataset, "test")
    rows = points.rows(network, entry, task.given(split), split[task.TARGET], f"projections.{name}")
    store.write_table(table, points.HEADER, rows)


if __name__ == "__main__":
    command.run(project)
