"""What holds for all tests."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tidemark.core.instructions import THREADS

for (
    name
) in THREADS:  # as stages do: threads of side-by-side processes that wait for each other cost most of all
    os.environ.setdefault(name, "1")

import torch  # noqa: E402  (it looks at those variables once)

pytest.register_assert_rewrite("support")
# Libraries look once, at their first use, at the variables that an import of `stages` sets: before any test is
# imported, so that tests compute alike in whatever order they are collected.
torch.eye(2) @ torch.eye(2)

LONG = (
    "reproduction/test_other_processors.py", "classify/baselines/test_mini_rocket.py", "reproduction", "faults",
    "test_benchmarks.py", "docs", "pipeline", "fuzz", "project",
)  # fmt: skip
"""Folders and files whose tests start many processes: side by side, they are run first, longest first.

MiniRocket's compile for half a minute what those of all baselines load then; side by side, both would.
"""
REQUIRED = {"browser": "TIDEMARK_REQUIRE_BROWSER", "emulated": "TIDEMARK_REQUIRE_EMULATOR"}
"""By marker, what is set where no test may be skipped for want of what it needs."""


def pytest_configure(config: pytest.Config) -> None:
    """Files go to processes in this order, not those of one long test last."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where processes share the tests, those of `LONG` come first, so that all processes end together."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONG)}

    def place(item: pytest.Item) -> int:
        found = (places[path] for path in (item.path, *item.path.parents) if path in places)
        return next(found, len(LONG))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Where a program is required, a test that needs it and was skipped has failed."""
    report = yield
    for marker, variable in REQUIRED.items():
        if report.skipped and variable in os.environ and item.get_closest_marker(marker):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}: skipped, but {variable} is set: {report.longrepr}"
    return report
