"""Put all predictors of a task side by side."""

from pathlib import Path

from tidemark.comparison.leaderboard import competitors, leaderboard
from tidemark.comparison.long_form import curves, positions, stages
from tidemark.comparison.test_sets import test_sets
from tidemark.core import command, params, registry, store


def compare(task: str, metrics: Path, models: Path, curve: Path, details: Path, comparison: Path) -> None:
    """Compare the predictors of TASK by METRICS, MODELS, CURVE and DETAILS; write COMPARISON."""
    settings = params.load()
    asked = registry.load("tasks", task, "tasks")
    names = sorted(asked.BETTER, key=lambda metric: metric != asked.HEADLINE)
    everyone = competitors(task, settings, metrics, models)
    higher = asked.BETTER[asked.HEADLINE] == "higher"
    store.write_table(comparison / "leaderboard.csv", *leaderboard(everyone, names, higher=higher))
    store.write_table(comparison / "tests.csv", *test_sets(everyone, settings, asked.BETTER))
    score = asked.HEADLINE if hasattr(asked, "score") else None  # of validation estimates, while training
    store.write_table(comparison / "curves.csv", *curves(everyone, curve, score))
    placed = everyone if hasattr(asked, "error_by_position") else []
    store.write_table(comparison / "position.csv", *positions(placed, details, asked.HEADLINE))
    store.write_table(comparison / "stages.csv", *stages(everyone, settings))


if __name__ == "__main__":
    command.run(compare)
