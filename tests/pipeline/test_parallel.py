from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from ruamel.yaml import YAML

from tidemark.core.errors import InputError
from tidemark.pipeline import parallel, plan
from tidemark.pipeline.durations import Durations, about, exact

pytestmark = [
    pytest.mark.pipeline,
    pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning"),  # DVC's own
]

# Each stage appends its name to `order`, which DVC does not know of. With BARRIER set, the two middle
# stages wait for each other: they end only if they run at the same time.
DIAMOND = """
stages:
  first:
    cmd: echo first >> order && cp source first
    deps: [source]
    outs: [first]
  middle:
    foreach: {left: {other: right}, right: {other: left}}
    do:
      cmd: sh middle.sh ${key} ${item.other}
      deps: [first, "${key}.txt"]
      outs: ["${key}"]
  last:
    cmd: echo last >> order && cat left right > last
    deps: [left, right]
    outs:
      - last: {cache: false}
  aside:
    cmd: echo aside >> order && echo 1 > aside
    outs: [aside]
"""
MIDDLE = """
echo middle@$1 >> order
if [ -n "$BARRIER" ]; then
    touch here.$1
    for i in $(seq 600); do [ -e here.$2 ] && break; sleep 0.1; done
    [ -e here.$2 ] || exit 1
fi
[ -e fail.$1 ] && { echo "no luck with $1"; exit 3; }
cat first > $1
"""
SLEEPERS = """
stages:
  sleep:
    foreach: [one, two]
    do:
      cmd: "%s echo $$ > ${item}.pid; sleep 600; echo 1 > ${item}"
      outs: ["${item}"]
  after:
    cmd: echo 1 > after
    deps: [one, two]
    outs: [after]
"""


@pytest.fixture
def diamond(project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = project(DIAMOND)
    (folder / "middle.sh").write_text(MIDDLE)
    for name in ("source", "left.txt", "right.txt"):
        (folder / name).write_text(f"{name}\n")
    monkeypatch.chdir(folder)
    return folder


def order() -> list[str]:
    """Stages that ran, in the order of their starts, since this was last called."""
    path = Path("order")
    names = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return names


def test_it_runs_what_changed_side_by_side_in_order_and_writes_what_dvc_writes(
    diamond: Path,
    dvc: Callable[..., subprocess.CompletedProcess[str]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    plain = shutil.copytree(diamond, diamond.with_name("plain"))
    dvc(plain, "repro")
    monkeypatch.setenv("BARRIER", "1")
    assert parallel.repro(jobs=3) == 0
    ran = order()
    assert ran.count("aside") == 1
    ran.remove("aside")  # it depends on nothing
    assert (ran[0], sorted(ran[1:3]), ran[3:]) == ("first", ["middle@left", "middle@right"], ["last"])
    read = YAML(typ="safe").load
    assert read(Path("dvc.lock")) == read(plain / "dvc.lock")
    said = capfd.readouterr().out
    assert "(5 of 5 done)\n" in said and said.endswith("\nData and pipelines are up to date.\n")
    assert dvc(diamond, "status").stdout == "Data and pipelines are up to date.\n"

    with monkeypatch.context() as patched:
        patched.setattr(parallel, "Child", None)  # no process is started
        assert parallel.repro(jobs=3) == 0
    assert order() == []
    assert capfd.readouterr().out == "Data and pipelines are up to date.\n"

    Path("left.txt").write_text("another text, from which the same file is made\n")
    monkeypatch.delenv("BARRIER")
    assert parallel.repro(jobs=3) == 0
    assert order() == ["middle@left"]
    ended = re.findall("(finished|unchanged) +(\\S+) in", capfd.readouterr().out)
    assert ended == [("finished", "middle@left"), ("unchanged", "last")]


def test_a_target_brings_only_what_it_needs(diamond: Path) -> None:
    assert parallel.repro(["middle@left"], jobs=2) == 0
    assert order() == ["first", "middle@left"]


def test_a_failure_stops_only_what_depends_on_it(diamond: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("fail.left").touch()
    assert parallel.repro(jobs=1) == 1
    assert sorted(order()) == ["aside", "first", "middle@left", "middle@right"]
    assert set(YAML(typ="safe").load(Path("dvc.lock"))["stages"]) == {"first", "middle@right", "aside"}
    said = capfd.readouterr()
    log = re.search("error: middle@left failed; its log: (.*)\n", said.err)
    assert log and "no luck with left" in Path(log[1]).read_text()
    assert "\n  no luck with left\n" in said.err
    assert said.err.endswith("stages not run, as they depend on what failed: 1\n")

    Path("fail.left").unlink()
    assert parallel.repro(jobs=2) == 0
    assert order() == ["middle@left", "last"]


MANY = """
stages:
  short:
    foreach: [a, b, c, d, e, f]
    do:
      cmd: test ! -e fail.${item} && echo ${item} >> order && echo 1 > ${item}
      outs: ["${item}"]
  train:
    foreach: [one, two]
    do:
      cmd: echo train@${item} >> order && echo 1 > ${item}
      outs: ["${item}"]
"""


def test_short_stages_share_a_process_and_long_ones_do_not(
    project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(MANY))
    assert parallel.repro(jobs=2) == 0
    assert sorted(order()) == ["a", "b", "c", "d", "e", "f", "train@one", "train@two"]
    started = [line.split(", ") for line in re.findall("started +(.*)", capfd.readouterr().out)]
    assert [names for names in started if "train" in names[0]] == [["train@one"], ["train@two"]]
    assert max(map(len, started)) > 1


def test_a_failure_among_stages_that_share_a_process_is_named_and_the_others_run(
    project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(MANY))
    Path("fail.b").touch()
    Path("fail.e").touch()
    assert parallel.repro(["short@a", "short@b", "short@c", "short@d", "short@e"], jobs=1) == 1
    assert re.findall("error: (.*) failed", capfd.readouterr().err) == ["short@b", "short@e"]
    assert order() == ["a", "c", "d"]
    Path("fail.b").unlink()
    Path("fail.e").unlink()
    assert parallel.repro(jobs=2) == 0
    assert sorted(order()) == ["b", "e", "f", "train@one", "train@two"]  # what was done is not done again


ROOT = """
stages:
  report:
    cmd: cat pipelines/*/figures.* > report
    deps: [pipelines/small/figures.x, pipelines/large/figures.y, pipelines/large/figures.z]
    outs: [report]
"""
TASK = """
stages:
  data:
    foreach: [%s]
    do: {cmd: "echo ${item} > data.${item}", outs: ["data.${item}"]}
  train:
    foreach: [%s]
    do: {cmd: "cp data.${item} model.${item}", deps: ["data.${item}"], outs: ["model.${item}"]}
  figures:
    foreach: [%s]
    do: {cmd: "cp %s.${item} figures.${item}", deps: ["%s.${item}"], outs: ["figures.${item}"]}
"""


def test_it_ends_a_dataset_before_it_begins_the_next_and_tells_of_each(
    project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = project(ROOT)
    for task, names, last in [("large", "y, z", "model"), ("small", "x", "data")]:
        (folder / "pipelines" / task).mkdir(parents=True)
        text = TASK % (names, names, names, last, last)
        (folder / "pipelines" / task / "dvc.yaml").write_text(text)
    monkeypatch.chdir(folder / "pipelines" / "small")
    finished: list[str] = []

    def note(root: Path, stage: str) -> None:
        assert root == folder.resolve()  # in a subfolder too
        finished.append(stage)

    assert parallel.repro(jobs=1, finished=note) == 0
    assert finished == ["pipelines/small/dvc.yaml:figures@x"]
    assert not (folder / "pipelines/large/data.y").exists()

    capfd.readouterr()
    monkeypatch.chdir(folder)
    assert parallel.repro(jobs=1, finished=note) == 0
    large = "pipelines/large/dvc.yaml:"
    assert finished[1:] == [f"{large}figures@y", f"{large}figures@z"]
    ended = [name.removeprefix(large) for name in re.findall("finished +(\\S+)", capfd.readouterr().out)]
    assert ended == ["data@y", "train@y", "figures@y", "data@z", "train@z", "figures@z", "report"]


def test_a_table_that_cannot_be_shown_stops_nothing(
    diamond: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def show(root: Path, stage: str) -> None:
        raise InputError("no such table")

    monkeypatch.setattr(parallel, "LAST", "middle")
    assert parallel.repro(jobs=2, finished=show) == 0
    assert capfd.readouterr().out.count("no such table") == 2


@pytest.mark.parametrize("whom", ["group", "stubborn"])
def test_ctrl_c_leaves_no_process(project: Callable[..., Path], whom: str) -> None:
    folder = project(SLEEPERS % ("trap '' INT;" if whom == "stubborn" else ""))
    source = str(Path(parallel.__file__).parents[2])
    run = subprocess.Popen(
        [sys.executable, "-c", "from tidemark.pipeline.parallel import repro; exit(repro(jobs=2))"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    files = [folder / "one.pid", folder / "two.pid"]
    while not all(file.exists() and file.read_text().strip() for file in files):
        assert run.poll() is None, run.communicate()
        time.sleep(0.05)
    family = psutil.Process(run.pid).children(recursive=True)
    assert {int(file.read_text()) for file in files} <= {process.pid for process in family}
    (os.killpg if whom == "group" else os.kill)(run.pid, signal.SIGINT)
    if whom == "stubborn":
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 130
    assert errors == "interrupted while running sleep@one, sleep@two: run the same command to go on\n"
    assert not [process for process in family if process.is_running() and process.status() != "zombie"]
    assert not (folder / "after").exists()


def test_many_stages_at_once_lose_no_entry(
    project: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    dvc: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    names = [f"stage{number}" for number in range(16)]
    text = f"""
stages:
  each:
    foreach: [{", ".join(names)}]
    do:
      cmd: echo ${{item}} > ${{item}}
      outs: ["${{item}}"]
"""
    folder = project(text)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(parallel, "TOGETHER", 0)  # a process for each
    assert parallel.repro(jobs=6) == 0
    recorded = YAML(typ="safe").load(Path("dvc.lock"))["stages"]
    assert set(recorded) == {f"each@{name}" for name in names}
    assert "Running stage" not in dvc(folder, "repro").stdout


def test_it_waits_for_a_plain_dvc_at_the_same_stage(
    project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    root = project("stages:\n  slow: {cmd: 'touch begun && sleep 3 && echo one > one', outs: [one]}\n")
    monkeypatch.chdir(root)
    other = subprocess.Popen([sys.executable, "-m", "dvc", "repro"], stdout=subprocess.DEVNULL)
    while not Path("begun").exists():
        time.sleep(0.05)
    assert parallel.repro() == 0
    assert other.wait() == 0
    assert capfd.readouterr().out.startswith("another DVC is at work on the same files; waiting")
    assert Path("one").read_text() == "one\n"


def test_what_it_refuses(diamond: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for jobs in (0, -1):
        with pytest.raises(InputError, match=f"^--jobs = {jobs}: expected at least 1$"):
            parallel.repro(jobs=jobs)
    with pytest.raises(InputError, match="nowhere"):
        parallel.repro(["nowhere"])
    Path("dvc.yaml").write_text("stages:\n  a: {cmd: [\n")
    with pytest.raises(InputError, match=r"dvc\.yaml") as caught:
        parallel.repro()
    assert "\n" not in str(caught.value)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no pipeline here"):
        parallel.repro()


def test_cheaper_datasets_come_first_and_longer_ways_before_shorter() -> None:
    upstream = {
        "data@a": set(), "train@a": {"data@a"}, "figures@a": {"train@a"},
        "data@b": set(), "figures@b": {"data@b"}, "report": {"figures@a", "figures@b"},
    }  # fmt: skip
    made = plan.Plan(Path(), upstream, {"data@a", "data@b"})
    seconds = {"data": 2.0, "train": 30.0, "figures": 1.0, "report": 4.0}
    heights = made.heights(lambda stage: seconds[plan.kind(stage)])
    assert [heights[name] for name in ("report", "figures@b", "data@a")] == [4, 5, 37]
    turns = made.turns(lambda stage: seconds[plan.kind(stage)])
    assert [turns[name] for name in upstream] == [1, 1, 1, 0, 0, 2]
    assert made.after("train@a") == {"train@a", "figures@a", "report"}
    only = plan.Plan(Path(), upstream, {"figures@b"})
    assert only.possible() == {"figures@b", "report"}


def test_durations_are_remembered_and_follow_the_pace_of_the_run(tmp_path: Path) -> None:
    first = Durations(tmp_path / "durations.json")
    assert first.expected("p/dvc.yaml:train@x") > 3 * first.expected("p/dvc.yaml:data@x")
    first.note("train@x", 10)
    first.note("train@y", 40)
    first.save()
    second = Durations(tmp_path / "durations.json")
    assert (second.expected("train@x"), second.expected("train@y")) == (10, 40)
    second.note("train@x", 5)  # a faster machine
    assert second.expected("train@y") == 20
    for damaged in ("half a fi", "[]", '{"train@x": null}', '{"train@x": -1e999}', '{"train@x": "5"}'):
        (tmp_path / "durations.json").write_text(damaged)
        assert Durations(tmp_path / "durations.json").expected("train@x") == first._before("train@z")
    (tmp_path / "folder").mkdir()
    Durations(tmp_path / "folder").save()  # cannot be, and need not


def test_times_as_text() -> None:
    assert [exact(4.24), exact(187), exact(7500)] == ["4.2 s", "3 min 07 s", "2 h 05 min"]
    assert [about(2), about(44), about(430), about(7500)] == ["10 s", "40 s", "7 min", "2 h 05 min"]
