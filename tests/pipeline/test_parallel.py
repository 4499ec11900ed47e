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
    dvc: Callable[..., None],
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
    assert "Running stage" not in Path(".dvc/tmp/repro/dvc-repro.log").read_text()
    read = YAML(typ="safe").load
    assert read(Path("dvc.lock")) == read(plain / "dvc.lock")
    assert "(5 of 5 done)" in capfd.readouterr().out

    assert parallel.repro(jobs=3) == 0
    assert order() == []
    assert "started" not in capfd.readouterr().out

    Path("left.txt").write_text("another text, from which the same file is made\n")
    monkeypatch.delenv("BARRIER")
    assert parallel.repro(jobs=3) == 0
    assert order() == ["middle@left"]
    started = re.findall("started +(.*)", capfd.readouterr().out)
    assert started == ["middle@left"]  # and not `last`, not even to find it unchanged


def test_a_target_brings_only_what_it_needs(diamond: Path) -> None:
    assert parallel.repro(["middle@left"], jobs=2) == 0
    assert order() == ["first", "middle@left"]


def test_after_a_failure_what_runs_is_finished_and_nothing_starts(
    diamond: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BARRIER", "1")  # both have started when one fails
    Path("fail.left").touch()
    assert parallel.repro(["last"], jobs=2) == 1
    assert "last" not in order()
    assert set(YAML(typ="safe").load(Path("dvc.lock"))["stages"]) == {"first", "middle@right"}
    said = capfd.readouterr()
    assert said.err == "error: middle@left failed; its log: .dvc/tmp/repro/middle@left.log\n"
    assert "no luck with left" in said.out
    assert "no luck with left" in Path(".dvc/tmp/repro/middle@left.log").read_text()

    Path("fail.left").unlink()
    assert parallel.repro(["last"], jobs=2) == 0
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
    assert sorted(len(names) for names in started if names[0].startswith("short")) in ([3, 3], [1, 2, 3])
    assert sorted(names for names in started if names[0].startswith("train")) == [
        ["train@one"],
        ["train@two"],
    ]


def test_a_failure_among_stages_that_share_a_process_is_named(
    project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(MANY))
    Path("fail.b").touch()
    targets = [f"short@{name}" for name in "abcdef"]
    assert parallel.repro(targets, jobs=1) == 1
    assert "error: short@b failed; its log: " in capfd.readouterr().err
    assert order() == ["a"]
    Path("fail.b").unlink()
    assert parallel.repro(targets, jobs=1) == 0
    assert sorted(order()) == ["b", "c", "d", "e", "f"]  # what was done is not done again


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
    project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"stage{number}" for number in range(6)]
    monkeypatch.chdir(
        project(f"""
stages:
  each:
    foreach: [{", ".join(names)}]
    do:
      cmd: echo ${{item}} > ${{item}}
      outs: ["${{item}}"]
""")
    )
    assert parallel.repro(jobs=6) == 0
    recorded = YAML(typ="safe").load(Path("dvc.lock"))["stages"]
    assert set(recorded) == {f"each@{name}" for name in names}
    assert "Running stage" not in Path(".dvc/tmp/repro/dvc-repro.log").read_text()


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


def test_stages_with_most_after_them_come_first() -> None:
    made = plan.Plan(Path(), {"a": set(), "b": set(), "c": {"b"}, "d": {"a", "c"}}, {"b"})
    assert made.height == {"a": 2, "b": 3, "c": 2, "d": 1}
    assert made.possible() == {"b", "c", "d"}
