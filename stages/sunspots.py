"""Write the yearly sunspot numbers that statsmodels ships as a CSV file, like anyone's recording."""

import csv
from importlib.resources import files
from pathlib import Path

from tidemark.core import command, store


def sunspots(recording: Path) -> None:
    """Write columns year and sunspots (mean number of the year) to RECORDING."""
    with (files("statsmodels") / "datasets" / "sunspots" / "sunspots.csv").open() as source:
        rows = [(round(float(year)), value) for year, value in list(csv.reader(source))[1:]]
    with store.replacing(recording) as temporary, temporary.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("year", "sunspots"), *rows])


if __name__ == "__main__":
    command.run(sunspots)
