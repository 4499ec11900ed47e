"""DVC's databases outside of the folder: what a fault left of one gives way."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.pipeline.doctor import doctor
from tidemark.pipeline.parallel import repro

pytestmark = [
    pytest.mark.pipeline,
    pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning"),  # DVC's own
]


@pytest.mark.parametrize("kind", ["no database", "cut short", "zeros within", "folder"])
def test_a_broken_database_gives_way(
    project: Callable[[str], Path],
    dvc: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    kind: str,
) -> None:
    site = tmp_path / "site"
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(site))
    root = project("stages:\n  a: {cmd: echo one > a, outs: [a]}\n")
    dvc(root, "repro")
    monkeypatch.chdir(root)
    databases = sorted(site.rglob("*.db"))
    assert len(databases) == 2
    for path in databases:
        content = path.read_bytes()
        path.unlink()
        match kind:
            case "no database":
                path.write_bytes(b"garbage" * 1000)
            case "cut short":
                path.write_bytes(content[: len(content) // 2])
            case "zeros within":
                path.write_bytes(content[:4096] + bytes(8192) + content[12288:])
            case "folder":
                path.mkdir()
    with pytest.raises(InputError, match="no more can be seen"):
        doctor(repair=False)
    assert repro() == 0
    said = capfd.readouterr().out
    assert all(f"{path}: DVC's database is broken: put aside" in said for path in databases)
    assert doctor() == 0
    assert capfd.readouterr().out == "nothing is wrong\n"
