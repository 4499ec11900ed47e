"""Tasks, found by their folders, and what each of their files provides."""

from __future__ import annotations

import pytest

from tidemark.core import task
from tidemark.core.errors import InputError
from tidemark.core.task import Task

EVERY = pytest.mark.parametrize("name", task.names())


def test_tasks_are_the_folders_that_have_metrics() -> None:
    assert task.names() == ["classify", "denoise", "forecast", "infer"]


@pytest.mark.parametrize("name", ["denoising", "core", "evaluation", ""])
def test_an_unknown_task_lists_those_there_are(name: str) -> None:
    with pytest.raises(InputError) as error:
        Task(name)
    assert str(error.value) == (f"task {name!r}: unknown; expected one of classify, denoise, forecast, infer")


@EVERY
def test_what_a_task_provides_fits_together(name: str) -> None:
    learning, scoring = Task(name).learning, Task(name).scoring
    assert learning.input != learning.target
    assert learning.losses
    assert scoring.headline == next(iter(scoring.better))
    assert set(scoring.better.values()) <= {"lower", "higher", "lower_log", "nominal"}
    assert (learning.score is None) == (learning.score_name == "")


def test_a_task_without_history_refuses_a_network_that_uses_one() -> None:
    with pytest.raises(InputError, match="a network with a history of 5 samples: 'noisy' has none before it"):
        Task("denoise").learning.seen({}, 5)


@EVERY
def test_groups_that_become_datasets_have_entries(name: str) -> None:
    assert set(Task(name).datasets) <= set(Task(name).sections)


def test_a_task_without_recordings_says_so() -> None:
    with pytest.raises(InputError, match=r"classify: no file of src/tidemark/classify is named 'windows'"):
        _ = Task("classify").windowing
