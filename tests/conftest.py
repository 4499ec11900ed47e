"""What holds for all tests."""

import os
from collections.abc import Generator
from typing import Any

import pytest

pytest.register_assert_rewrite("support")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Where the browser is required, a browser test that was skipped has failed."""
    report = yield
    required = os.environ.get("TIDEMARK_REQUIRE_BROWSER")
    if required and report.skipped and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: skipped, but TIDEMARK_REQUIRE_BROWSER is set: {report.longrepr}"
    return report
