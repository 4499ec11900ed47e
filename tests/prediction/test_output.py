"""What becomes of whatever lies where a prediction is to be written."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from support.models import signals, trained
from support.whole_files import names, one_line
from tidemark.core import trained as stored
from tidemark.core.errors import InputError
from tidemark.prediction.files import predict_file
from tidemark.prediction.output import writing

DOUBLED = "x\n" + "3.000000\n" * 50
LIMIT = 20_000
"""Bytes that a file may have where the disk is as good as full."""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> stored.Trained:
    """A denoiser that doubles, and a file for it in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text("x\n" + "1.5\n" * 50)
    return trained(lambda windows: 2 * windows, signals())


@pytest.mark.parametrize("output", [None, "x-denoised.csv", "link.csv"])
def test_a_folder_is_refused_and_keeps_its_contents(model: stored.Trained, output: str | None) -> None:
    Path("x-denoised.csv").mkdir()
    Path("x-denoised.csv/precious").write_text("kept")
    Path("link.csv").symlink_to("x-denoised.csv")
    with pytest.raises(InputError, match="is a folder; name a file in it, or another one, with --output$"):
        predict_file(model, "x.csv", output)
    assert Path("x-denoised.csv/precious").read_text() == "kept"
    assert names(Path()) == ["link.csv", "x-denoised.csv", "x.csv"]


@pytest.mark.parametrize("output", ["md5/ab/cdef", "link/ab/cdef", "link/ab/new"])
def test_no_link_on_the_way_leads_into_the_cache(model: stored.Trained, output: str) -> None:
    cached = Path(".dvc/cache/files/md5/ab/cdef")
    cached.parent.mkdir(parents=True)
    cached.write_text("old")
    Path("link").symlink_to(".dvc/cache/files/md5")
    with pytest.raises(
        InputError, match="(cdef|new): lies in DVC's cache, which nobody else writes to; name"
    ):
        predict_file(model, "x.csv", output.replace("md5/", ".dvc/cache/files/md5/"))
    assert cached.read_text() == "old" and names(cached.parent) == ["cdef"]


def test_a_folder_that_appears_while_it_is_predicted_is_kept_too(tmp_path: Path) -> None:
    refused = pytest.raises(InputError, match=r"y.csv: cannot be written \(Is a directory\)")
    with refused, writing(str(tmp_path / "y.csv")) as temporary:
        temporary.write_text("new")
        (tmp_path / "y.csv").mkdir()
    assert names(tmp_path) == ["y.csv"]


def test_a_fifo_is_written_to(model: stored.Trained) -> None:
    os.mkfifo("pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_text()))
    reader.start()
    done = predict_file(model, "x.csv", "pipe")
    reader.join(10)
    assert read == [DOUBLED]
    assert done.destination == "pipe" and Path("pipe").is_fifo()


def test_a_fifo_is_read(model: stored.Trained) -> None:
    os.mkfifo("pipe.csv")
    writer = threading.Thread(target=lambda: Path("pipe.csv").write_text(Path("x.csv").read_text()))
    writer.start()
    predict_file(model, "pipe.csv", "y.csv")
    writer.join(10)
    assert Path("y.csv").read_text() == DOUBLED


def test_a_device_is_written_to(model: stored.Trained) -> None:
    predict_file(model, "x.csv", os.devnull)
    assert Path(os.devnull).is_char_device()
    with pytest.raises(InputError, match="^/dev/full: cannot be written .No space left on device"):
        predict_file(model, "x.csv", "/dev/full")
    assert Path("/dev/full").is_char_device()


def test_standard_output_has_other_names(model: stored.Trained, capfd: pytest.CaptureFixture[str]) -> None:
    assert predict_file(model, "x.csv", "/dev/stdout").destination == "-"
    assert capfd.readouterr().out == DOUBLED


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_written_through(model: stored.Trained, there: bool) -> None:
    Path("far").mkdir()
    if there:
        Path("far/y.csv").write_text("old")
        Path("far/y.csv").chmod(0o640)
    Path("near.csv").symlink_to("far/y.csv")
    Path("link.csv").symlink_to("near.csv")
    predict_file(model, "x.csv", "link.csv")
    assert Path("link.csv").is_symlink() and Path("near.csv").is_symlink()
    assert Path("far/y.csv").read_text() == DOUBLED and not Path("far/y.csv").is_symlink()
    assert names(Path("far")) == ["y.csv"]
    if there:
        assert Path("far/y.csv").stat().st_mode & 0o777 == 0o640


def test_a_link_to_what_is_read_is_refused(model: stored.Trained) -> None:
    Path("link.csv").symlink_to("x.csv")
    with pytest.raises(InputError, match="is the file that is read"):
        predict_file(model, "x.csv", "link.csv")


def test_what_was_there_stays_in_sight_until_the_new_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "y.csv"
    path.write_text("old")
    with writing(str(path)) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old" and temporary.parent == tmp_path
    assert path.read_text() == "new"


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    """As in two containers with the same process number."""
    path = str(tmp_path / "y.csv")
    with writing(path) as one, writing(path) as other:
        assert one != other
        one.write_text("one")
        other.write_text("other")
    assert names(tmp_path) == ["y.csv"]


# A full disk: no file may grow beyond `LIMIT`


def write_csv(folder: Path) -> None:
    (folder / "x.csv").write_text("x\n" + "1.5\n" * 10_000)


def write_wav(folder: Path) -> None:
    soundfile.write(folder / "x.wav", np.full(50_000, 0.25), 8000, subtype="PCM_16")


def write_npy(folder: Path) -> None:
    np.save(folder / "x.npy", np.ones(50_000))


def write_parquet(folder: Path) -> None:
    import pandas as pd

    pd.DataFrame({"x": np.random.default_rng(0).random(50_000)}).to_parquet(folder / "x.parquet")


FULL = """
import resource, sys
from pathlib import Path
sys.path[:0] = {path!r}
from support.models import signals, trained
from tidemark.core.command import one_line_errors
from tidemark.core.ending import ended_in_order
from tidemark.prediction.files import predict_file
from tidemark.prediction.output import STANDARD, say
import soundfile, pyarrow.parquet  # noqa
model = trained(lambda windows: 0.5 * windows, signals(**{info!r}))
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
with one_line_errors(), ended_in_order():
    done = predict_file(model, sys.argv[1], sys.argv[2])
    if done.destination != STANDARD:
        say(done.summary)
"""


def program(limit: int, info: dict[str, object] | None = None) -> str:
    folder = Path(__file__).parents[1]
    path = [str(folder.parent / "src"), str(folder)]
    return FULL.format(path=path, limit=limit, info=info or {})


@pytest.mark.parametrize(
    ("write", "standard"),
    [(write_csv, False), (write_wav, False), (write_npy, False), (write_parquet, False), (write_wav, True)],
)
def test_a_full_disk_is_one_line_and_leaves_what_was_there(
    tmp_path: Path, write: Callable[[Path], None], standard: bool
) -> None:
    write(tmp_path)
    (source,) = names(tmp_path)
    output = tmp_path / source.replace("x.", "y.")
    output.write_text("old")
    command = [sys.executable, "-c", program(LIMIT), source, "-" if standard else output.name]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "TMPDIR": str(tmp_path)}, capture_output=True
    )
    said = done.stderr.decode()
    name = "standard output" if standard else output.name
    assert said.startswith(f"error: {name}: cannot be written (") and said.count("\n") == 1
    assert done.returncode == 2
    assert output.read_text() == "old"
    assert names(tmp_path) == sorted([source, output.name])


@pytest.mark.parametrize("arguments", ["x.csv -", "x.csv y.csv"])
def test_full_standard_output_is_one_line(model: stored.Trained, arguments: str) -> None:
    command = f"{sys.executable} -c '{program(resource.RLIM_INFINITY)}' {arguments} > /dev/full"
    done = subprocess.run(["bash", "-c", _quoted(command)], capture_output=True, text=True)
    assert done.stderr == (
        "error: standard output: cannot be written (No space left on device); free some space, or choose another place\n"
    )
    assert done.returncode == 2


def _quoted(command: str) -> str:
    """A program in single quotes may hold none."""
    start, code, end = (
        command.partition("'")[0],
        command.split("'", 1)[1].rsplit("'", 1)[0],
        command.rsplit("'", 1)[1],
    )
    return start + "$'" + code.replace("\\", "\\\\").replace("'", "\\'") + "'" + end


def test_a_closed_pipe_is_one_line(tmp_path: Path) -> None:
    write_csv(tmp_path)
    command = _quoted(
        f"{sys.executable} -c '{program(resource.RLIM_INFINITY)}' x.csv - | true; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr == "error: standard output: cannot be written (Broken pipe); choose another place\n"
    assert done.returncode == 2


def test_closed_streams_are_one_line(tmp_path: Path) -> None:
    write_csv(tmp_path)
    for arguments, said in [
        ("x.csv - >&-", "standard output: is closed"),
        ("- - <&-", "standard input: is closed"),
    ]:
        command = _quoted(f"{sys.executable} -c '{program(resource.RLIM_INFINITY)}' {arguments}")
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)
        assert done.stderr.startswith(f"error: {said}") and done.stderr.count("\n") == 1
        assert done.returncode == 2


SLOW = program(resource.RLIM_INFINITY).replace("0.5 * windows", "__import__('time').sleep(60)")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_who_is_asked_to_end_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "x.csv").write_text("x\n" + "1.5\n" * 50)
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "x.csv", "y.csv"], cwd=tmp_path, stderr=subprocess.PIPE
    )
    for _ in range(600):
        if len(names(tmp_path)) == 2:
            break
        time.sleep(0.05)
    assert len(names(tmp_path)) == 2
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode not in (0, None)
    assert names(tmp_path) == ["x.csv"]


def test_a_name_as_long_as_the_file_system_takes(model: stored.Trained) -> None:
    name = "y" * 251 + ".csv"
    predict_file(model, "x.csv", name)
    assert Path(name).read_text() == DOUBLED


def test_every_task_and_path_goes_through_it(model: stored.Trained) -> None:
    """Sample paths too are files of their own."""
    Path("x.csv").write_text("a,b\n" + "1.5,2.5\n" * 7 + ",2.5\n" + "1.5,2.5\n" * 20)
    Path("x-inferred.csv").mkdir()
    info = signals(task="infer", channels=2, mean=[0.0, 0.0], std=[1.0, 1.0])
    with pytest.raises(InputError) as error:
        predict_file(trained(lambda context: context, info), "x.csv")
    assert one_line(error).startswith("x-inferred.csv: is a folder")


def test_a_name_that_is_too_long_is_one_line(model: stored.Trained) -> None:
    Path("x.csv").rename("x" * 250 + ".csv")
    for source, output in [("x" * 250 + ".csv", None), ("x" * 250 + ".csv", "y" * 300 + ".csv")]:
        with pytest.raises(InputError, match="cannot be written .File name too long"):
            predict_file(model, source, output)
