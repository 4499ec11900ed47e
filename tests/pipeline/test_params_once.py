"""A parameters file is read once for all stages, and anew when it has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dvc.dependency import param
from dvc.fs import LocalFileSystem

from tidemark.pipeline.params_once import read_params_once


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the files that were parsed."""
    parsed: list[str] = []
    load = param.load_path

    def counted(path: str, *given: Any, **options: Any) -> Any:
        parsed.append(path)
        return load(path, *given, **options)

    monkeypatch.setattr(param, "load_path", counted)
    return parsed


def read(path: Path, *keys: str) -> Any:
    return param.read_param_file(LocalFileSystem(), str(path), list(keys), flatten=True)


def test_a_file_is_parsed_once_until_it_changes(tmp_path: Path, loads: list[str]) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("a: {b: 1}\nc: 2\n")
    read_params_once()
    read_params_once()
    assert read(path, "a.b") == {"a.b": 1}
    assert read(path, "a.b", "c") == {"a.b": 1, "c": 2}
    assert len(loads) == 1
    path.write_text("a: {b: 10}\nc: 2\n")
    assert read(path, "a.b") == {"a.b": 10}
    assert len(loads) == 2


def test_every_file_is_kept_apart(tmp_path: Path, loads: list[str]) -> None:
    read_params_once()
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"key: {name}\n")
    assert [read(tmp_path / f"{name}.yaml", "key") for name in ("one", "two")] == [
        {"key": "one"},
        {"key": "two"},
    ]
