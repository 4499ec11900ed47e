"""What `tidemark doctor` finds and mends, fault by fault; tests/faults does them to whole runs."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from safetensors.numpy import save_file

from faults.faults import flip
from tidemark.core.errors import InputError
from tidemark.core.replacing import replacing
from tidemark.pipeline import locks
from tidemark.pipeline.contents import is_damaged
from tidemark.pipeline.doctor import doctor, not_finite
from tidemark.pipeline.ignored import restored
from tidemark.pipeline.orphans import MARK, Orphans

pytestmark = [
    pytest.mark.pipeline,
    pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning"),  # DVC's own
]
PIPELINE = """
stages:
  a: {cmd: "mkdir a && echo one > a/one && echo two > a/two", outs: [a]}
  b: {cmd: cat a/one a/two > b, deps: [a], outs: [b]}
  c: {cmd: "mkdir -p metrics && cp b metrics/c.json", deps: [b], outs: [metrics/c.json: {cache: false}]}
"""


@pytest.fixture
def folder(up_to_date: Callable[[str], Path]) -> Path:
    return up_to_date(PIPELINE)


def contents() -> dict[str, str]:
    return {name: Path(name).read_text() for name in ("a/one", "a/two", "b", "metrics/c.json")}


def test_a_sound_folder_is_left_as_it_is(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert doctor() == 0
    assert capfd.readouterr().out == "nothing is wrong\n"
    assert not Path(".dvc/tmp/doctor").exists()


def test_bits_flipped_in_outputs_and_cache_are_found_and_mended(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before, chance = contents(), random.Random(0)
    wrong = ["a/one", "metrics/c.json", *map(str, Path(".dvc/cache/files/md5").glob("*/*"))]
    for name in wrong:
        flip(Path(name), chance)
    assert doctor(repair=False) == 1
    assert all(f"{name}: its bytes" in capfd.readouterr().out for name in wrong[2:3])
    assert contents() != before
    assert doctor() == 0
    assert contents() == before
    assert list(Path(".dvc/tmp/doctor").rglob("c.json*"))  # nothing is deleted
    capfd.readouterr()
    assert doctor() == 0
    assert capfd.readouterr().out == "nothing is wrong\n"


def test_what_is_no_file_in_the_place_of_an_object_gives_way(folder: Path) -> None:
    before = contents()
    objects = sorted(path for path in Path(".dvc/cache/files/md5").rglob("*") if path.is_file())
    for path in objects:
        path.unlink()
    objects[0].mkdir()
    os.mkfifo(objects[1])
    objects[2].symlink_to("nowhere")
    assert doctor(repair=False) == 1
    assert doctor() == 0
    assert all(path.is_file() for path in objects[:3])
    assert contents() == before


TEXT = b"x\n" + b"1.25\n" * 3000


@pytest.mark.parametrize(
    ("damage", "mended"),
    [
        (TEXT[:5] + b"8" + TEXT[6:], True),
        (TEXT[:4000] + b"\0" * 512 + TEXT[4512:], True),
        (TEXT[:4000] + bytes(range(256)) + TEXT[4256:], True),
        (TEXT[:5001], True),
        (b"", True),
        (TEXT + b"\0" * 700, True),
        (TEXT[:5002], False),
        (TEXT.replace(b"1.25", b"1.26"), False),
        (TEXT.replace(b"1.25", b"NaN ", 2), False),
        (TEXT + b"1.5\n", False),
        (TEXT.replace(b"1.25", b"1.5", 1), False),
    ],
)
def test_damage_is_told_from_an_edit(tmp_path: Path, damage: bytes, mended: bool) -> None:
    (tmp_path / "was").write_bytes(TEXT)
    (tmp_path / "is").write_bytes(damage)
    assert is_damaged(tmp_path / "was", tmp_path / "is") == mended


def test_an_added_file_is_mended_after_damage_and_left_after_an_edit(
    folder: Path, dvc: Callable[..., subprocess.CompletedProcess[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    mine = Path("mine.csv")
    mine.write_bytes(TEXT)
    dvc(folder, "add", "mine.csv")
    for damage in (TEXT[:5001], None):
        mine.unlink()
        if damage is not None:
            mine.write_bytes(damage)
        assert doctor() == 0
        assert mine.read_bytes() == TEXT
    mine.unlink()
    mine.mkdir()
    (mine / "somebodys").touch()
    assert doctor() == 0
    assert mine.read_bytes() == TEXT and (locks.ASIDE / "mine.csv.1/somebodys").exists()
    mine.write_bytes(TEXT + b"1.5\n")
    assert doctor() == 1 and mine.read_bytes() == TEXT + b"1.5\n"
    said = capfd.readouterr().out
    assert "`dvc checkout --force mine.csv` brings the old one back" in said and "gone" not in said
    mine.write_bytes(TEXT[:5002])  # after a whole line: nobody knows
    assert doctor() == 1 and mine.read_bytes() == TEXT[:5002]
    assert "mine.csv: not the file that was added; its last 10,000 bytes are gone" in capfd.readouterr().out


def test_an_added_file_is_mended_where_its_time_says_that_nobody_wrote_it(
    folder: Path, dvc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    mine = Path("mine.csv")
    mine.write_bytes(TEXT)
    dvc(folder, "add", "mine.csv")
    before = mine.stat()
    with mine.open("r+b") as file:
        file.write(TEXT.replace(b"1.25", b"1.26"))
    assert doctor() == 1
    os.utime(mine, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert doctor() == 0
    assert mine.read_bytes() == TEXT


def test_an_added_file_mends_its_copy_in_the_cache(
    folder: Path, dvc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    Path("mine.csv").write_bytes(TEXT)
    dvc(folder, "add", "mine.csv")
    digest = hashlib.md5(TEXT, usedforsecurity=False).hexdigest()
    kept = Path(".dvc/cache/files/md5") / digest[:2] / digest[2:]
    kept.chmod(0o644)
    kept.write_bytes(TEXT[:100])
    assert doctor() == 0
    assert kept.read_bytes() == TEXT == Path("mine.csv").read_bytes()


def test_an_added_folder_gets_its_listing_again(
    folder: Path, dvc: Callable[..., subprocess.CompletedProcess[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("one.csv", "two/é.csv"):
        Path("mine", name).parent.mkdir(parents=True, exist_ok=True)
        Path("mine", name).write_text(name)
    dvc(folder, "add", "mine")
    objects = Path(".dvc/cache/files/md5").rglob("*.dir")
    (listing,) = [path for path in objects if b"one.csv" in path.read_bytes()]
    before = listing.read_bytes()
    flip(listing, random.Random(0))
    assert doctor() == 0
    assert listing.read_bytes() == before
    capfd.readouterr()
    assert doctor() == 0
    assert capfd.readouterr().out == "nothing is wrong\n"


def test_temporary_files_are_removed_unless_somebody_writes(folder: Path) -> None:
    left = Path("metrics/.tidemark-0123456789abcdef.tmp")
    left.mkdir()
    with replacing(Path("metrics/x")) as temporary:
        temporary.touch()
        assert doctor() == 0
        assert temporary.exists() and left.exists()
    assert doctor() == 0
    assert not left.exists()


def test_a_broken_lock_gives_way(folder: Path) -> None:
    before = contents()
    for text in ("", "schema: '2.0'\nstages: [", "\x00\x01", "[" * 100_000):
        Path("dvc.lock").write_text(text)
        assert [*locks.broken(folder)] == [Path("dvc.lock")]
        assert doctor() == 0
        assert [*locks.broken(folder)] == []
    Path("dvc.lock").unlink(missing_ok=True)
    Path("dvc.lock").symlink_to("nowhere/dvc.lock")
    assert doctor() == 0
    assert contents() == before and not Path("dvc.lock").is_symlink()


def test_a_folder_in_the_place_of_a_lock_gives_way(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = contents()
    taken = [Path("dvc.lock"), locks.RUN, *locks.FILES]
    for path in taken:
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)
        (path / "somebodys").touch()
    with pytest.raises(InputError, match="no more can be seen"):  # DVC stops at it
        doctor(repair=False)
    said = capfd.readouterr().out
    assert all(str(path) in said and path.is_dir() for path in taken if path != locks.RUN)
    assert doctor() == 0
    assert capfd.readouterr().out.count("put aside") == 4
    assert contents() == before
    for path in taken:
        assert not path.is_dir() and (locks.ASIDE / path / "somebodys").exists()


def test_a_garbled_list_of_what_dvc_ignores_gives_way(folder: Path) -> None:
    Path(".dvcignore").write_bytes(b"a\xe0b\n")
    with pytest.raises(InputError, match="codec can't decode"):  # DVC stops at it
        doctor(repair=False)
    assert doctor() == 0
    assert (locks.ASIDE / ".dvcignore").read_bytes() == b"a\xe0b\n"


def test_what_dvc_cannot_read_is_one_line(folder: Path) -> None:
    Path(".dvc/config").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="config file error"):
        doctor()


@pytest.mark.parametrize("value", ["!!int ''", "9" * 5000, "2024-13-45", "!!binary x", "[" * 5000])
def test_a_lock_of_values_that_cannot_be_made_is_broken(tmp_path: Path, value: str) -> None:
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "dvc.lock").write_text(f"schema: '2.0'\nstages:\n  a: {{cmd: {value}}}\n")
    assert [*locks.broken(tmp_path)] == [Path("dvc.lock")]


def test_dvcs_list_keeps_who_is_at_work_and_no_one_else(folder: Path) -> None:
    path = Path(".dvc/tmp/rwlock")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    entries = {number: {"pid": number, "cmd": "dvc repro"} for number in (gone.pid, os.getppid())}
    path.write_text(json.dumps({"read": {"/a": [*entries.values()]}, "write": {"/b": entries[gone.pid]}}))
    assert locks.release(folder)
    assert json.loads(path.read_text()) == {"read": {}, "write": {}}
    assert not locks.release(folder)
    dvc = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)  # dvc"])
    try:
        path.write_text(json.dumps({"read": {}, "write": {"/b": {"pid": dvc.pid, "cmd": "dvc repro"}}}))
        assert not locks.release(folder)
        with pytest.raises(InputError, match=f"DVC is at work here .process {dvc.pid}"):
            doctor()
    finally:
        dvc.kill()
        dvc.wait()
    path.write_text("{")
    assert locks.release(folder)


def test_orphans_are_stopped(folder: Path) -> None:
    code = "import time; print('here', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {MARK: str(folder.resolve())},
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline()
        assert [each.pid for each in Orphans(folder).processes()] == [process.pid]
        assert not Orphans(folder / "elsewhere").processes()
        start = time.monotonic()
        assert doctor(repair=False) == 1 and psutil.pid_exists(process.pid)
        assert doctor() == 0
        assert process.wait(1) != 0 and time.monotonic() - start < 60


def test_weights_that_are_not_finite_are_named(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = Path("models/x/m/weights.safetensors")
    path.parent.mkdir(parents=True)
    save_file({"a": np.ones(2, "float32"), "b": np.array([1, np.inf], "float32")}, path)
    assert not_finite(path) == "b is not finite"
    assert doctor() == 1
    assert f"{path}: b is not finite" in capfd.readouterr().out
    path.write_bytes(b"no")
    assert "no safetensors file" in str(not_finite(path))


def test_any_bit_of_a_list_of_what_git_ignores_is_mended() -> None:
    """And the rest of a list that was cut short; what no fault does is left to DVC, which adds what it lacks."""
    whole, entries = b"/one\n/two\n/three\n", {b"/one", b"/two", b"/three"}
    assert restored(whole, entries) is None
    for place in range(len(whole)):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            for mine in (b"", b"# mine\n"):
                assert restored(mine + damaged, entries) == mine + whole, damaged
    for cut in (3, 7, 13):
        assert sorted((restored(whole[:cut], entries) or b"").split()) == sorted(entries)
    for edit in (b"/one\n", b"/ones\n/two\n/three\n", b"*\n", whole.replace(b"/two\n", b"/t*\n")):
        assert restored(edit, entries) is None


def test_a_list_of_what_git_ignores_is_written_again(
    folder: Path, dvc: Callable[..., subprocess.CompletedProcess[str]], capfd: pytest.CaptureFixture[str]
) -> None:
    """Not where an output has another name now, and nothing has made it yet."""
    subprocess.run(["git", "init", "--quiet"], check=True)
    dvc(folder, "config", "--unset", "core.no_scm")
    dvc(folder, "repro", "--force")
    ignored = Path(".gitignore")
    before = ignored.read_bytes()
    assert {b"/a", b"/b"} <= set(before.splitlines())
    damaged = bytearray(before)
    damaged[before.index(b"/b") + 1] ^= 128
    ignored.write_bytes(damaged)
    assert doctor(repair=False) == 1 and ignored.read_bytes() == damaged
    assert doctor() == 0
    assert ignored.read_bytes() == before
    assert ".gitignore: damaged, and written again" in capfd.readouterr().out
    Path("dvc.yaml").write_text(Path("dvc.yaml").read_text().replace("> b", "> c").replace("[b]", "[c]"))
    doctor(repair=False)
    assert ".gitignore" not in capfd.readouterr().out


@pytest.mark.parametrize("place", [0, 20])
def test_a_damaged_file_of_an_added_one_is_written_again(
    folder: Path, dvc: Callable[..., subprocess.CompletedProcess[str]], place: int
) -> None:
    Path("mine").mkdir()
    for name in ("mine.csv", "mine/one.csv", "mine/two.csv"):
        Path(name).write_bytes(TEXT)
    dvc(folder, "add", "mine.csv", "mine")
    for name in ("mine.csv.dvc", "mine.dvc"):
        before = Path(name).read_bytes()
        noted = before + b"meta:\n  from: there\n"
        Path(name).write_bytes(noted.replace(b"outs", b"ou\0s"))
        assert doctor() == 0
        assert Path(name).read_bytes() == noted
        damaged = bytearray(before)
        damaged[place] ^= 32 if place else 128
        Path(name).write_bytes(damaged)
        assert doctor() == 0
        assert Path(name).read_bytes() == before
        Path(name).write_bytes(b"")
        assert doctor() == 0
        assert Path(name).read_bytes() == before
        Path(name).write_bytes(before + b"desc: mine\n")
        assert doctor() == 0
        assert Path(name).read_bytes() == before + b"desc: mine\n"
        Path(name).write_bytes(before)
    Path("mine.csv").unlink()
    Path("mine.csv.dvc").write_bytes(b"\0")
    with pytest.raises(InputError, match=r"mine\.csv\.dvc: cannot be read, .* `git checkout mine\.csv\.dvc`"):
        doctor()
