"""Scores measured at the published size and committed: metrics/paper/<predictor>.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.store import read_json
from tidemark.evaluation.comparison import Score

FOLDER = "paper"
SCALE = "paper"
"""The scale of the published sizes."""
AS_PUBLISHED = "as-published: "
"""Before the name of a test set: the score of a network trained to the letter of what was published."""


@dataclass(frozen=True)
class Paper:
    """A predictor's scores at the published size, and the device that it was trained on."""

    tests: Mapping[str, Mapping[str, Score]]
    """Test set → metric → score."""
    device: str

    def score(self, metric: str, test: str = "test") -> Score | None:
        """The score in one metric on one test set, if it was measured."""
        return self.tests.get(test, {}).get(metric)


def read(folder: Path) -> dict[str, Paper]:
    """Scores in `folder/<predictor>.json`, by predictor; empty where there is no folder."""
    result = {}
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        try:
            tests = {
                test: {metric: _score(values) for metric, values in scores.items()}
                for test, scores in content["test"].items()
            }
            tests["test"]  # the one that follows the dataset's own law
            result[path.stem] = Paper(tests, str(content.get("provenance", content)["device"]))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}: no {error}; expected test.test with value, low and high by metric, and device"
            ) from None
    return result


def _score(values: Mapping[str, float]) -> Score:
    return Score(*(float(values[key]) for key in ("value", "low", "high")))
