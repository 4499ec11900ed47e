"""What is shown of a task agrees with what the task defines."""

import importlib

import pytest

from tidemark.core import registry
from tidemark.core.entries import RecordingEntry
from tidemark.core.errors import InputError
from tidemark.figures.units import units
from tidemark.figures.views import DENOISE, FORECAST, INFER, VIEWS, view_of


@pytest.mark.parametrize("name", registry.names("tasks"))
def test_metrics_and_arrays_are_the_tasks(name: str) -> None:
    task, view = importlib.import_module(f"tidemark.tasks.{name}"), view_of(name)
    assert view.headline.name == task.HEADLINE and task.BETTER[task.HEADLINE] == view.better
    shown = [metric.name for metric in (*view.metrics, *view.others)]
    assert len(shown) == len(set(shown)) and set(shown) == set(task.BETTER)
    assert view.by_set in task.BETTER
    assert (view.given, view.target) == (task.GIVEN, task.TARGET)
    assert all(view.metric(metric).label for metric in task.BETTER)


def test_an_unknown_task_is_named() -> None:
    with pytest.raises(
        InputError, match="tasks.sort: the report knows no such task; expected one of denoise"
    ):
        view_of("sort")
    assert {view.task for view in VIEWS.values()} == set(VIEWS)


def test_labels_of_axes() -> None:
    entry = RecordingEntry(task="forecast", file="x", columns=["spots"], sampling_rate=12, rate_unit="year", lookback=44,
                           horizon=11, hop=1, normalisation="window")  # fmt: skip
    found = units(FORECAST, entry)
    assert (found.error, found.position) == ("MSE (window scaled)", "time ahead (year)")
    assert (found.time, found.samples, found.value) == ("time (year)", 12, "spots (window scaled)")
    assert [units(view).position for view in (FORECAST, DENOISE, INFER)] == [
        "steps ahead", "sample", "place among the points asked for",
    ]  # fmt: skip
