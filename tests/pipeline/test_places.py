"""What stands where DVC needs a file or a folder of its own, and damage to what people write, gives way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.pipeline.doctor import doctor
from tidemark.pipeline.parallel import repro

pytestmark = [
    pytest.mark.pipeline,
    pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning"),  # DVC's own
]
PIPELINE = """
stages:
  a: {cmd: echo one > a, outs: [a]}
  b: {cmd: "mkdir -p x/b && echo two > x/b/two && echo three > x/b/three", deps: [a], outs: [x/b]}
"""
ASIDE = Path(".dvc/tmp/doctor")


def plain(path: Path) -> None:
    path.write_text("mine\n")


def leads_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def full(path: Path) -> None:
    path.mkdir()
    (path / "mine").write_text("mine\n")


KINDS: dict[str, Callable[[Path], None]] = {
    "file": plain, "FIFO": os.mkfifo, "link": leads_nowhere, "folder": full
}  # fmt: skip


@pytest.fixture
def folder(up_to_date: Callable[[str], Path]) -> Path:
    return up_to_date(PIPELINE)


@pytest.fixture
def committed(folder: Path) -> Path:
    """The same, with Git."""
    git("init", "--quiet")
    Path(".dvc/config").write_text("[core]\n    analytics = false\n")
    Path(".dvc/.gitignore").write_text("/config.local\n/tmp\n/cache\n")
    Path(".dvcignore").write_text("# nothing\n")
    Path(".gitignore").write_text("/a\n")
    Path("params.yaml").write_text("scale: smoke\n")
    git("add", "--all")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "all")
    return folder


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)


def move(path: str, kind: str) -> None:
    if os.path.lexists(path):
        Path(path).rename(f"{path}.before")
    KINDS[kind](Path(path))


@pytest.mark.parametrize("kind", ["file", "FIFO", "link"])
@pytest.mark.parametrize("path", [".dvc/tmp", ".dvc/tmp/repro", ".dvc/tmp/doctor"])
def test_what_is_no_folder_in_the_place_of_one_gives_way(
    folder: Path, path: str, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    move(path, kind)
    assert repro() == 0
    assert f"{path}: is no folder: put aside" in capfd.readouterr().out
    assert os.path.lexists(ASIDE / path)  # nothing is deleted
    assert doctor() == 0
    assert capfd.readouterr().out == "nothing is wrong\n"


@pytest.mark.parametrize("kind", ["FIFO", "link", "folder"])
@pytest.mark.parametrize("path", [".dvc/tmp/rwlock", ".dvc/tmp/repro/lock", ".dvc/tmp/repro/a.log"])
def test_what_is_no_file_in_the_place_of_one_gives_way(
    folder: Path, path: str, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path(".dvc/tmp/repro").mkdir(exist_ok=True)
    move(path, kind)
    assert doctor() == 0
    assert f"{path}: is no file: put aside" in capfd.readouterr().out
    assert os.path.lexists(ASIDE / path)
    assert repro() == 0


@pytest.mark.parametrize(
    "path", [".dvc/cache", ".dvc/cache/files", ".dvc/cache/files/md5", ".dvc/cache/runs"]
)
def test_a_cache_that_is_no_folder_gives_way_and_is_filled_again(
    folder: Path, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = Path("dvc.lock").read_bytes()
    move(path, "file")
    with pytest.raises(InputError, match="no more can be seen"):
        doctor(repair=False)
    assert doctor() == 0
    assert f"{path}: is no folder: put aside" in capfd.readouterr().out
    assert repro() == 0
    assert (Path("a").read_text(), Path("dvc.lock").read_bytes()) == ("one\n", before)


@pytest.mark.parametrize(
    ("path", "kind"), [(".ckpt", "file"), (".ckpt/model", "FIFO"), (".ckpt/model/lock", "FIFO")]
)
def test_what_is_in_the_place_of_resume_points_gives_way(folder: Path, path: str, kind: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    KINDS[kind](Path(path))
    assert doctor() == 0
    assert not os.path.lexists(path) and os.path.lexists(ASIDE / path)


def test_a_cache_that_is_a_link_to_what_is_not_there_is_named(folder: Path) -> None:
    move(".dvc/cache", "link")
    for command in (doctor, repro):
        with pytest.raises(
            InputError, match=r"^.dvc/cache: a link that leads nowhere; mount what it leads to"
        ):
            command()
    assert Path(".dvc/cache").is_symlink()


@pytest.mark.parametrize("kind", ["FIFO", "link", "folder"])
@pytest.mark.parametrize(
    "path", ["dvc.lock", "dvc.yaml", "params.yaml", ".dvc/config", ".dvcignore", ".gitignore"]
)
def test_what_people_and_dvc_write_comes_back_from_the_last_commit(
    committed: Path, path: str, kind: str
) -> None:
    before = Path(path).read_bytes()
    Path(path).unlink()
    KINDS[kind](Path(path))
    assert repro() == 0
    assert Path(path).read_bytes() == before
    assert os.path.lexists(ASIDE / path)


@pytest.mark.parametrize("place", ["kept", "kept/seeds"])
@pytest.mark.parametrize("kind", ["gone", "FIFO", "file"])
def test_what_stages_read_and_none_writes_comes_back_from_the_last_commit(
    committed: Path, kind: str, place: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("kept/seeds").mkdir(parents=True)
    Path("kept/seeds/.gitkeep").touch()
    Path("kept/seeds/one").write_text("1\n")
    Path("dvc.yaml").write_text(
        PIPELINE + "  c: {cmd: ls -A kept/seeds > c, params: [scale], deps: [kept/seeds], outs: [kept/c]}\n"
    )
    Path("dvc.yaml").write_text(Path("dvc.yaml").read_text().replace("> c,", "> kept/c,"))
    assert repro() == 0
    git("add", "--all")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "more")
    Path(place).rename("was")
    if kind != "gone":
        KINDS[kind](Path(place))
        with pytest.raises(InputError, match=f"{place}: is "):
            repro()
    assert doctor() == 0
    assert "kept/seeds: is not there, or not what it was: back from the last commit" in capfd.readouterr().out
    assert repro() == 0
    assert Path("kept/c").read_text() == ".gitkeep\none\n"


def test_what_no_commit_has_is_named(folder: Path) -> None:
    Path("dvc.yaml").unlink()
    os.mkfifo("dvc.yaml")
    with pytest.raises(InputError, match=r"^dvc.yaml: is no file, and no commit has it; move it away"):
        doctor()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("params.yaml", b""),
        ("params.yaml", b"\0" * 13),
        ("params.yaml", b"scale- smoke\n"),
        ("dvc.yaml", b""),
        ("dvc.yaml", b"\xff\xfe\xfd"),
        (".dvc/config", b""),
        (".dvc/config", b"[core]\n    !nalytics = false\n"),
        (".dvc/config", b"[core]\n    analytics ? false\n"),
        (".dvc/config", None),
        (".dvc/.gitignore", b"/config.local\n/tmp\n/cachd\n"),
    ],
)
def test_damage_to_what_people_write_is_undone(committed: Path, path: str, content: bytes | None) -> None:
    before = Path(path).read_bytes()
    Path(path).unlink()
    if content is not None:
        Path(path).write_bytes(content)
    assert doctor() == 0
    assert Path(path).read_bytes() == before


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("params.yaml", b"scale: paper\n"),
        ("params.yaml", b"scale: {smoke\nseeds: 3\n"),  # wrong, and no damage
        (".dvc/config", b"[core]\n    analytics = true\n"),
        (".dvcignore", b"# nothinG\n"),
    ],
)
def test_an_edit_stays(committed: Path, path: str, content: bytes) -> None:
    Path(path).write_bytes(content)
    with suppress(InputError):  # DVC's word on what is wrong with it
        doctor()
    assert Path(path).read_bytes() == content


@pytest.mark.parametrize("kind", ["FIFO", "link"])
@pytest.mark.parametrize("path", ["a", "x/b/two"])
def test_what_is_no_file_among_outputs_is_named_by_a_run_and_gives_way_to_the_doctor(
    folder: Path, path: str, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = Path(path).read_text()
    Path(path).unlink()
    KINDS[kind](Path(path))
    with pytest.raises(
        InputError, match=f"{path}: is not the file or folder it was; `tidemark doctor` puts right"
    ):
        repro()
    assert doctor(repair=False) == 1
    assert doctor() == 0
    assert f"{path}: is no file or folder: taken away" in capfd.readouterr().out
    assert Path(path).read_text() == before


def test_outputs_that_are_links_to_wrong_objects_come_back_at_once(
    folder: Path, dvc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    dvc(folder, "config", "cache.type", "symlink")
    dvc(folder, "checkout", "--relink")
    wrong = Path("x/b/two").resolve()
    assert Path("x/b/two").is_symlink() and ".dvc/cache" in str(wrong)
    wrong.chmod(0o644)
    wrong.write_text("wrong\n")
    assert doctor() == 0
    assert Path("x/b/two").read_text() == "two\n"


@pytest.mark.parametrize("path", ["x", "x/b"])
def test_a_link_to_a_folder_that_is_not_there_is_named_and_stays(
    folder: Path, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    move(path, "link")
    assert doctor() == 1
    assert f"{path}: a link that leads nowhere; mount what it leads to" in capfd.readouterr().out
    assert Path(path).is_symlink()


def test_an_added_file_that_is_nowhere_is_named(
    folder: Path,
    dvc: Callable[..., subprocess.CompletedProcess[str]],
    capfd: pytest.CaptureFixture[str],
) -> None:
    Path("added").write_text("mine\n")
    dvc(folder, "add", "added")
    Path("added").unlink()
    shutil.rmtree(".dvc/cache")
    assert doctor() == 1
    assert "added: was added, and is neither here nor in the cache: `dvc pull`" in capfd.readouterr().out


def test_a_run_with_all_its_files_closed(folder: Path) -> None:
    Path("dvc.lock").unlink()
    command = f"{sys.executable} -m tidemark.cli repro <&- >&- 2>&-"
    assert subprocess.run(["sh", "-c", command]).returncode == 0
    assert Path("dvc.lock").exists()
