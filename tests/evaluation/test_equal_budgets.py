"""No network comes first because it was trained for longer: committed scores beside committed CPU times."""

from __future__ import annotations

from support.committed import committed
from support.documents import REPOSITORY
from tidemark.evaluation.comparison import Comparison, Predictor
from tidemark.report.page import costs

MORE = 1.5
"""Times another's CPU seconds that the first may have: the same training may cost a third more beside another."""


def networks(found: Comparison) -> list[Predictor]:
    """Best first."""
    sign = -1 if found.better[found.headline] == "higher" else 1
    neural = [each for each in found.predictors if each.origin.neural]
    return sorted(neural, key=lambda each: sign * each.score(found.headline).value)


def test_the_first_network_of_a_dataset_had_no_more_cpu_time_than_the_others() -> None:
    cost = {
        name: each.cpu_seconds for name, each in costs.read(REPOSITORY / "metrics" / costs.FOLDER).items()
    }
    ranked = [networks(found) for found in committed()]
    before = {each.name: each.origin.training.first for row in ranked for each in row if each.origin.training}

    def spent(name: str) -> float:
        return cost[name] + (spent(before[name]) if before[name] else 0.0)

    assert any(len(row) > 1 for row in ranked)
    assert [
        f"{best.name}: {spent(best.name):.3g} CPU seconds; {other.name}: {spent(other.name):.3g}"
        for best, *others in filter(None, ranked)
        for other in others
        if spent(best.name) > MORE * spent(other.name)
    ] == []
