"""The README and docs as committed: their numbers are those of the committed scores, what they name is there."""

import re
from pathlib import Path

import pytest

from tidemark.evaluation.comparison import Comparison
from tidemark.report import markdown
from tidemark.report.page import results

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DOCS = {path: path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").glob("*.md")}


def scored() -> list[Comparison]:
    return [each.comparison for each in results.read_all(REPOSITORY)]


def is_written(text: str, label: str, value: float) -> bool:
    """Whether a table's cells have a predictor's score, rounded as anything may be."""
    found = re.search(rf"{re.escape(label)}\*{{0,2}} (?:\| [\w ]+ \| )?(\S+) \[", text)
    return found is not None and float(found[1].replace("−", "-")) == pytest.approx(value, rel=1e-3, abs=6e-4)


@pytest.mark.parametrize("found", scored(), ids=lambda found: found.dataset)
def test_results_are_those_of_the_committed_scores(found: Comparison) -> None:
    (row,) = [line for line in README.splitlines() if line.startswith(f"| {found.task} | [{found.dataset}](")]
    for side in ("network", "classical"):
        for best in found.of_side(side)[:1]:
            assert is_written(row, best.label, best.score(found.headline).value), "run `tidemark readme`"
    text = DOCS[REPOSITORY / "docs/results.md"]
    for each in found.predictors:
        assert is_written(text, each.name, each.score(found.headline).value), "run `tidemark readme`"


def test_no_dataset_is_shown_that_is_not_scored() -> None:
    shown = re.findall(r"^\| \w+ \| \[([\w-]+)\]\(docs/results", README, re.MULTILINE)
    assert sorted(shown) == sorted(each.dataset for each in scored())
    headings = re.findall(r"^## (.*)$", DOCS[REPOSITORY / "docs/results.md"], re.MULTILINE)
    links = re.findall(r"\(docs/results\.md#([^)]*)\)", README)
    assert links == [markdown.anchor(heading) for heading in headings]
