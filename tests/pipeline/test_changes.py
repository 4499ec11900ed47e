"""Files that change together: all or none, whatever ends the process on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.pipeline import changes
from tidemark.pipeline.changes import JOURNAL, together

KILLED = """
import os, signal
from pathlib import Path
from tidemark.pipeline.changes import together
with together() as changes:
    changes.write(Path("old"), "two")
    changes.write(Path("folder/below/new"), "two")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path(".dvc/tmp").mkdir(parents=True)
    Path("old").write_text("one")
    return tmp_path


def kill() -> None:
    assert subprocess.run([sys.executable, "-c", KILLED]).returncode < 0
    assert Path("old").read_text() == "two"


def test_changes_that_were_killed_are_undone_by_a_run(folder: Path) -> None:
    kill()
    (line,) = changes.put_right(folder, repair=False)
    assert "old, folder/below/new: changed by a command that was killed: not whole" in line
    assert Path("old").read_text() == "two"
    assert len([*changes.put_right(folder, repair=True)]) == 1
    assert Path("old").read_text() == "one"
    assert not Path("folder").exists()
    assert [*changes.put_right(folder, repair=True)] == []


def test_changes_that_were_killed_are_undone_by_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    kill()
    with together() as fresh:
        assert Path("old").read_text() == "one"
        fresh.write(Path("old"), "three")
    assert Path("old").read_text() == "three"
    assert not JOURNAL.exists()
    assert "put back; give it again" in capsys.readouterr().out


def test_an_error_undoes_all() -> None:
    with pytest.raises(InputError), together() as some:
        some.write(Path("old"), "two")
        some.write(Path("folder/new"), "two")
        raise InputError("no")
    assert Path("old").read_text() == "one"
    assert not Path("folder").exists() and not JOURNAL.exists()


def test_one_process_at_a_time_changes_files(folder: Path) -> None:
    with together() as some:
        some.write(Path("old"), "two")
        assert [*changes.put_right(folder, repair=True)] == []  # of who is at work nothing is undone
        other = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE)
        assert other.stdout is not None
        assert b"waiting for it to end" in other.stdout.readline()
        time.sleep(0.2)
        assert other.poll() is None
    other.communicate()
    assert other.returncode < 0


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", ".git/hooks/pre-commit", "a/../../b"])
def test_a_strangers_journal_writes_nothing_elsewhere(folder: Path, path: str) -> None:
    JOURNAL.write_text(json.dumps({path: {"content": "YQ==", "folders": []}}))
    assert [*changes.put_right(folder, repair=True)] == [f"{JOURNAL}: cannot be read: put aside"]
    assert not os.path.lexists(folder / path)


@pytest.mark.parametrize("content", ["", "[]", '{"old": 1}', '{"old": {"content": "?", "folders": []}}'])
def test_a_broken_journal_gives_way(folder: Path, content: str) -> None:
    JOURNAL.write_text(content)
    assert [*changes.put_right(folder, repair=True)] == [f"{JOURNAL}: cannot be read: put aside"]
    assert Path("old").read_text() == "one"
