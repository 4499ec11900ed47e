"""The small project, built once for all processes that test; each test breaks a copy of it."""

from __future__ import annotations

import fcntl
import os

import pytest

from faults import projects
from faults.projects import Project
from tidemark.core.replacing import folder_lock


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that has run once."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "faults"
    shared.mkdir(exist_ok=True)
    done = shared / "done"
    with folder_lock(shared, fcntl.LOCK_EX):
        if not done.exists():
            projects.small(shared / "project")
            done.touch()
    return Project(shared / "project")
