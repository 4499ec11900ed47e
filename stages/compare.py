"""Put all predictors of a task side by side."""

from pathlib import Path

from tidemark.comparison.leaderboard import competitors, leaderboard
from tidemark.comparison.long_form import curves, positions
from tidemark.comparison.test_sets import test_sets
from tidemark.core import command, params, registry, store


def compare(task: str, metrics: Path, models: Path, curve: Path, position: Path, comparison: Path) -> None:
    """Compare the predictors of TASK by METRICS, MODELS, CURVE and POSITION; write COMPARISON."""
    settings = params.load()
    headline = registry.load("tasks", task, "tasks").HEADLINE
    everyone = competitors(task, settings, metrics, models)
    store.write_table(comparison / "leaderboard.csv", *leaderboard(everyone, headline))
    store.write_table(comparison / "tests.csv", *test_sets(everyone, settings))
    store.write_table(comparison / "curves.csv", *curves(everyone, curve))
    store.write_table(comparison / "position.csv", *positions(everyone, position, headline))


if __name__ == "__main__":
    command.run(compare)
