"""Lay out in the plane what a layer of a trained model makes of the points of test signals."""

import torch

from tidemark.core import command, params, paths, trained
from tidemark.core.store import read_split, write_table
from tidemark.core.task import Task
from tidemark.infer.projection import points
from tidemark.infer.projection.entry import ProjectionEntry


def project(task: str, name: str) -> None:
    """Write the table of projection NAME of TASK: points of test signals as a layer sees them."""
    entry = params.entry(task, "projections", name, ProjectionEntry)
    learning = Task(task).learning
    network = trained.load(paths.model(entry.dataset, entry.model), torch.device("cpu")).network
    split = read_split(paths.dataset(entry.dataset), "test")
    where = params.where(task, "projections", name)
    rows = points.rows(network, entry, learning.inputs(split), split[learning.target], where)
    write_table(paths.details(task, entry.dataset) / "projections" / f"{name}.csv", points.HEADER, rows)


if __name__ == "__main__":
    command.run(project)
