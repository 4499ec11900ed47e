"""A new project to work in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidemark.project.init import init


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, which is the working directory."""
    folder = tmp_path / "mine"
    init(folder)
    monkeypatch.chdir(folder)
    return folder
