"""The README: its numbers are those of the committed tables, its commands are there."""

import csv
import json
from pathlib import Path

import pytest

from tidemark.pipeline.readme import with_results

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_results_are_those_of_the_comparison() -> None:
    assert with_results(README, REPOSITORY) == README, "run `tidemark readme`"


def test_the_comparison_is_that_of_the_metrics() -> None:
    with (REPOSITORY / "plots/compare/denoise/leaderboard.csv").open() as file:
        for row in csv.DictReader(file):
            scores = json.loads((REPOSITORY / f"metrics/{row['predictor']}.json").read_text())["test"]["test"]
            assert float(row["l1"]) == pytest.approx(scores["l1"]["value"], rel=1e-4)


def test_images_and_commands_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    for command in ("make reproduce", "make test"):
        assert command in README
        assert f"\n{command.removeprefix('make ')}:" in makefile
    for part in README.split("](")[1:]:
        target = part.split(")")[0]
        if not target.startswith(("http", "#")):
            assert (REPOSITORY / target).exists(), target
