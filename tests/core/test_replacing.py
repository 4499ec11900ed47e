"""What becomes of whatever lies where an output is to be written, by every stage and command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from support.whole_files import names, one_line
from tidemark.core import replacing as module
from tidemark.core import store
from tidemark.core.command import one_line_errors
from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing

LIMIT = 20_000
"""Bytes that a file may have where the disk is as good as full."""


def put(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text)


def put_folder(path: Path, file: str) -> None:
    with replacing(path) as temporary:
        temporary.mkdir()
        (temporary / file).write_text("new")


def test_nothing_half_written_is_left_behind(tmp_path: Path) -> None:
    put(tmp_path / "file", "before")
    with pytest.raises(RuntimeError), replacing(tmp_path / "file") as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert (tmp_path / "file").read_text() == "before"
    assert names(tmp_path) == ["file"]


def test_a_file_never_takes_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.png").mkdir()
    (tmp_path / "x.png/precious").write_text("kept")
    with pytest.raises(InputError, match=r"x.png: cannot be written \(Is a directory\)"):
        put(tmp_path / "x.png", "new")
    assert (tmp_path / "x.png/precious").read_text() == "kept"
    assert names(tmp_path) == ["x.png"]


def test_a_folder_takes_the_place_of_a_folder_and_of_nothing_else(tmp_path: Path) -> None:
    put_folder(tmp_path / "x", "a")
    put_folder(tmp_path / "x", "b")
    assert names(tmp_path) == ["x"] and names(tmp_path / "x") == ["b"]
    put(tmp_path / "file", "kept")
    with pytest.raises(InputError, match=r"file: cannot be written \(Not a directory\)"):
        put_folder(tmp_path / "file", "a")
    assert (tmp_path / "file").read_text() == "kept"
    assert names(tmp_path) == ["file", "x"]


def test_a_folder_whose_successor_fails_to_arrive_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_folder(tmp_path / "x", "a")
    rename = Path.rename

    def fails(path: Path, target: Path) -> Path:
        if (path / "b").exists():
            raise OSError("no luck")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(InputError, match="no luck"):
        put_folder(tmp_path / "x", "b")
    assert names(tmp_path) == ["x"] and names(tmp_path / "x") == ["a"]


def test_a_link_is_written_through_and_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    put(tmp_path / "far", "old")
    (tmp_path / "far").chmod(0o640)
    (tmp_path / "link").symlink_to("far")
    put(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "far").read_text() == "new" and not (tmp_path / "far").is_symlink()
    assert (tmp_path / "far").stat().st_mode & 0o777 == 0o640
    assert names(tmp_path) == ["far", "link"]


def test_a_link_into_the_cache_of_dvc_is_replaced(tmp_path: Path) -> None:
    """As with `cache.type = symlink`: written through, it would change what has the hash of the old bytes."""
    cached = tmp_path / ".dvc/cache/files/md5/ab/cdef"
    cached.parent.mkdir(parents=True)
    cached.write_text("old")
    (tmp_path / "link").symlink_to(cached)
    put(tmp_path / "link", "new")
    assert cached.read_text() == "old"
    assert (tmp_path / "link").read_text() == "new" and not (tmp_path / "link").is_symlink()


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    """As in two containers with the same process number."""
    path = tmp_path / "x"
    with replacing(path) as one, replacing(path) as other:
        assert one != other
        one.mkdir()
        other.mkdir()
        (one / "one").touch()
        (other / "other").touch()
    assert names(path) == ["one"]
    assert names(tmp_path) == ["x"]


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write there"):
        put(tmp_path / "file/x", "new")


def test_an_error_about_another_file_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "x") as temporary:
        temporary.write_text((tmp_path / "missing").read_text())


def test_an_error_inside_a_folder_names_where_it_was_to_be(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error, replacing(tmp_path / "x") as temporary:
        (temporary / "a").mkdir(parents=True)
        put(temporary / "a", "a file in the place of a folder")
    assert one_line(error).startswith(f"{tmp_path}/x/a: cannot be written (Is a directory)")


def test_who_writes_in_a_folder_shares_its_lock(tmp_path: Path) -> None:
    import fcntl

    with replacing(tmp_path / "x") as one, replacing(tmp_path / "y") as other:
        one.touch()
        other.touch()
        with module.folder_lock(tmp_path, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
            assert not alone
    with module.folder_lock(tmp_path, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
        assert alone


# A full disk: no file may grow beyond `LIMIT`

FULL = """
import resource, sys
from pathlib import Path
sys.path[:0] = {path!r}
import numpy as np, torch
from tidemark.core import store
from tidemark.core.command import one_line_errors
from tidemark.core.replacing import replacing
from tidemark.core.tensors import write_tensors
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
with one_line_errors():
    {code}
"""
WRITTEN = {
    "arrays": 'store.write_arrays(Path("x"), {"a": np.ones(9), "b": np.ones(90_000)})',
    "json": 'store.write_json(Path("x"), list(range(90_000)))',
    "table": 'store.write_table(Path("x"), ["a"], [(n,) for n in range(90_000)])',
    "tensors": 'write_tensors(Path("x"), {"a": torch.ones(90_000)})',
    "tensors in a folder": """
    with replacing(Path("x")) as temporary:
        write_tensors(temporary / "weights.safetensors", {"a": torch.ones(90_000)})""",
}


def program(code: str, limit: int = LIMIT) -> str:
    return FULL.format(path=[str(Path(__file__).parents[2] / "src")], limit=limit, code=code.strip())


def run(code: str, folder: Path, limit: int = LIMIT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program(code, limit)], cwd=folder, capture_output=True, text=True
    )


@pytest.mark.parametrize("written", WRITTEN)
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path, written: str) -> None:
    done = run(WRITTEN[written], tmp_path)
    assert done.stderr.startswith("error: x") and done.stderr.count("\n") == 1
    assert ": cannot be written (" in done.stderr and ".tidemark" not in done.stderr
    assert done.returncode == 2
    assert names(tmp_path) == []


def test_what_is_printed_onto_a_full_disk_is_one_line(tmp_path: Path) -> None:
    command = f"exec {sys.executable} program.py > /dev/full"
    (tmp_path / "program.py").write_text(program('print("a line")'))
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr == (
        "error: standard output: cannot be written (No space left on device); free some space, or choose another place\n"
    )
    assert done.returncode == 2


def test_a_folder_in_the_place_of_a_file_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, one_line_errors():
        tmp_path.read_text()
    assert ended.value.code == 2
    said = "cannot be used (Is a directory); put it right, or move it away"
    assert capsys.readouterr().err == f"error: {tmp_path}: {said}\n"
    with pytest.raises(OSError, match="about no file"), one_line_errors():
        raise OSError("about no file")


def test_an_interrupt_before_a_command_begins_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise KeyboardInterrupt
    assert ended.value.code == 130
    assert capsys.readouterr().err == "Aborted!\n"


def test_scores_on_a_full_disk_are_one_line(tmp_path: Path) -> None:
    """What `evaluate` writes: `OSError` of NumPy has no number."""
    code = """
    from tidemark.core.store import replacing as writer
    with writer(Path("plots/details/x")) as temporary:
        store.write_arrays(temporary / "predictions", {"a": np.ones(90_000)})"""
    done = run(code, tmp_path)
    assert done.stderr.startswith("error: plots/details/x") and done.stderr.count("\n") == 1
    assert not list(tmp_path.rglob("*.tmp"))


# Asked to end

WAITS = """
import time
with replacing(Path("metrics/x")) as temporary:
        store.write_json(temporary / "a.json", {})
        time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_who_is_asked_to_end_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    code = program(WAITS.replace("\nwith", "\n    with"), 10**9)
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stderr=subprocess.PIPE)
    wait_for(lambda: bool(list(tmp_path.glob("metrics/.tidemark-*.tmp/a.json"))))
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode not in (0, None)
    assert names(tmp_path / "metrics") == []


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def test_datasets_are_written_by_it(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("kept")
    with pytest.raises(InputError, match="Not a directory"):
        store.write_arrays(tmp_path / "x", {"a": np.zeros(3)})
    assert (tmp_path / "x").read_text() == "kept" and os.listdir(tmp_path) == ["x"]  # noqa: PTH208
