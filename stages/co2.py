"""Write the weekly Mauna Loa record that statsmodels ships as a CSV file, like anyone's recording."""

import csv
from importlib.resources import files
from pathlib import Path

from tidemark.core import command, store


def co2(recording: Path) -> None:
    """Write columns date (ISO) and co2 (ppm, empty where missing) to RECORDING."""
    with (files("statsmodels") / "datasets" / "co2" / "co2.csv").open() as source:
        rows = [(f"{day[:4]}-{day[4:6]}-{day[6:8]}", value) for day, value in list(csv.reader(source))[1:]]
    with store.replacing(recording) as temporary, temporary.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("date", "co2"), *rows])


if __name__ == "__main__":
    command.run(co2)
