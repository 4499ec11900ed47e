"""What the report reads, written as the pipeline would."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tidemark.core.errors import InputError

Rows = list[list[Any]]


def write_csv(path: Path, header: str, rows: Rows) -> None:
    """Rows as a CSV file; NaN becomes an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows([["" if cell != cell else cell for cell in row] for row in rows])


def write_comparison(
    folder: Path, metrics: Sequence[str], board: Rows, places: Rows, losses: Rows, sets: Rows | None = None
) -> None:
    """The leaderboard, the first metric by position, the learning curves and, if any, scores by test set."""
    columns = ",".join(f"{metric}{end}" for metric in metrics for end in ("", "_low", "_high"))
    header = f"dataset,rank,predictor,kind,{columns},times_limit,limit,parameters"
    write_csv(folder / "leaderboard.csv", header, board)
    write_csv(folder / "position.csv", f"dataset,predictor,kind,position,{metrics[0]}", places)
    write_csv(folder / "curves.csv", "dataset,model,step,split,loss", losses)
    if sets is not None:
        header = "dataset,test,noise_std,components,predictor,kind,metric,value,low,high"
        write_csv(folder / "tests.csv", f"{header},limit,limit_value,times_limit,published", sets)


def assert_refused(read: Callable[[Path], object], path: Path, text: str, message: str) -> None:
    """A file of this text is, in one line that names the file."""
    path.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read(path)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)
