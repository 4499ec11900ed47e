"""Stages that a server with torch in it runs: the same bytes, and the same ends, as by themselves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tidemark.pipeline import parallel, warm
from tidemark.pipeline.child import environment

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="there is no server"),
    pytest.mark.filterwarnings("ignore:_NoneStep.value:DeprecationWarning"),  # DVC's own
]
REPOSITORY = Path(__file__).parents[2]
FILES = ("stages/__init__.py", "stages/warm.py", "src/tidemark/__init__.py", "src/tidemark/core/__init__.py",
         "src/tidemark/core/instructions.py")  # fmt: skip
LEARN = """
import os, sys
import numpy as np, torch
from scipy import signal
torch.manual_seed(int(sys.argv[1]))
model = torch.nn.GRU(3, 24)
optimizer = torch.optim.Adam(model.parameters(), 1e-2)
for _ in range(20):
    input = torch.randn(40, 16, 3)
    loss = (model(input)[0].mean(2) - input.cumsum(0).mean(2)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
weights = torch.cat([weight.flatten() for weight in model.parameters()]).detach().numpy()
spectrum = signal.fftconvolve(weights, weights) @ np.ones((2 * len(weights) - 1, 3))
np.save(sys.argv[2], np.concatenate([weights, spectrum]))
print("in a fork:", "TIDEMARK_WAITING" in os.environ)
"""
ACT = """
import os, signal, sys, time
from pathlib import Path
print(os.environ.get("TIDEMARK_WAITING"), os.getpid(), Path.cwd().name, sys.argv[1:], sys.path, flush=True)
print("to the other", file=sys.stderr)
if sys.argv[1] == "wait":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(7))
    Path("ready").write_text(str(os.getpid()))
    time.sleep(60)
if sys.argv[1] == "stop":
    sys.path.insert(0, sys.argv[2])
    from tidemark_stop import StopRequest
    stop = StopRequest()
    Path("ready").write_text(str(os.getpid()))
    while not stop:
        time.sleep(0.05)
    Path("stopped").touch()
if sys.argv[1] == "abort":
    os.abort()
sys.exit(int(sys.argv[2]))
"""


@pytest.fixture
def checkout(project: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose stages are two toys."""
    folder = project("stages:\n  learn:\n    foreach: [1, 2]\n    do: {cmd: 'python -m stages.learn ${item} out.${item}.npy', outs: ['out.${item}.npy']}\n")  # fmt: skip
    for file in FILES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / file, folder / file)
    (folder / "stages/learn.py").write_text(LEARN)
    (folder / "stages/act.py").write_text(ACT)
    (folder / "params.yaml").write_text("scale: smoke\n")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(warm, "ENOUGH", 1)
    return folder


@pytest.fixture
def served(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of stages with a server that has imported nothing."""
    monkeypatch.setattr(warm, "LIBRARIES", ())
    with warm.server(1, environment(checkout), checkout, checkout / "log") as variables:
        deadline = time.monotonic() + 30
        while not Path(variables["TIDEMARK_WARM"]).exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield dict(variables)


def act(variables: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["python", "-m", "stages.act", *arguments],
        env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 30
    while not path.exists() or not path.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return path.read_text()


def gone(process: int) -> bool:
    for _ in range(200):
        if not psutil.pid_exists(process) or psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.pipeline
def test_the_bytes_are_the_same_as_without_the_server(checkout: Path) -> None:
    expected = []
    for seed in ("1", "2"):
        command = ["python", "-m", "stages.learn", seed, "alone.npy"]
        alone = subprocess.run(command, env=environment(checkout), capture_output=True, text=True, check=True)
        assert alone.stdout == "in a fork: False\n"
        expected.append(Path("alone.npy").read_bytes())
    assert parallel.repro(jobs=2) == 0
    assert "in a fork: True\n" in Path(".dvc/tmp/repro/learn@1.log").read_text()
    assert [Path(f"out.{seed}.npy").read_bytes() for seed in (1, 2)] == expected


def test_a_stage_is_what_it_is_by_itself(served: dict[str, str], checkout: Path) -> None:
    by_itself = {name: value for name, value in served.items() if name != "TIDEMARK_WARM"}
    outcomes = []
    for variables in (served, by_itself):
        process = act(variables, "exit", "3")
        output, errors = process.communicate(timeout=30)
        waiting, own, *rest = output.split(maxsplit=2)
        assert (waiting == str(process.pid)) == (variables is served)
        assert (own == str(process.pid)) == (variables is not served)
        outcomes.append((rest, errors, process.returncode))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0][0].startswith(f"{checkout.name} ['exit', '3']")
    aborted = act(served, "abort")
    aborted.communicate(timeout=30)
    assert aborted.returncode == -signal.SIGABRT


@pytest.mark.parametrize(
    "change", [{"OMP_NUM_THREADS": "2"}, {"ANYTHING": "else"}, {"TIDEMARK_WARM": "/nowhere"}]
)
def test_a_stage_with_another_environment_runs_by_itself(
    served: dict[str, str], change: dict[str, str]
) -> None:
    process = act(served | change, "exit", "0")
    output, errors = process.communicate(timeout=30)
    assert (output.split()[0], errors, process.returncode) == ("None", "to the other\n", 0)


def test_there_is_no_server_where_a_library_starts_a_thread(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import threading, time\nthreading.Thread(target=time.sleep, args=[60], daemon=True).start()\n"
    (checkout / "threads.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    monkeypatch.setattr(warm, "LIBRARIES", ("threads",))
    with warm.server(1, environment(checkout), checkout, checkout / "log") as variables:
        process = act(dict(variables), "exit", "0")
        output, errors = process.communicate(timeout=30)
    assert (output.split()[0], errors, process.returncode) == ("None", "to the other\n", 0)


def test_signals_reach_the_stage(served: dict[str, str], checkout: Path) -> None:
    process = act(served, "wait")
    stage = int(wait_for(checkout / "ready"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 7
    assert gone(stage)


def test_it_ends_with_the_process_that_waits_for_it(served: dict[str, str], checkout: Path) -> None:
    process = act(served, "wait")
    stage = int(wait_for(checkout / "ready"))
    process.kill()
    process.communicate(timeout=30)
    assert gone(stage)


def test_it_ends_with_the_server(served: dict[str, str], checkout: Path) -> None:
    process = act(served, "wait")
    stage = int(wait_for(checkout / "ready"))
    psutil.Process(stage).parent().kill()
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors.splitlines()[-1]) == (1, "the process that ran this stage is gone")
    assert gone(stage)
    alone = act(served, "exit", "0")  # later ones run by themselves
    assert alone.communicate(timeout=30)[0].split()[0] == "None"


def test_training_notices_that_dvc_is_gone(served: dict[str, str], checkout: Path) -> None:
    shutil.copy(REPOSITORY / "src/tidemark/training/stop.py", checkout / "tidemark_stop.py")
    dvc = subprocess.Popen(
        [sys.executable, "-c", "import os, subprocess, sys; subprocess.run(sys.argv[1:], env=os.environ | {'DVC_STAGE': 'act'})",
         "sh", "-c", f"python -m stages.act stop {checkout}; true"],
        env=served, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stage = int(wait_for(checkout / "ready"))
    time.sleep(0.3)
    assert psutil.pid_exists(stage) and not Path("stopped").exists()
    dvc.kill()  # and neither the shell that it started nor what that one started
    dvc.wait()
    assert gone(stage)
    assert Path("stopped").exists()


RUN = """
import os, signal, sys
from pathlib import Path
from tidemark.pipeline import parallel, warm
warm.LIBRARIES, warm.ENOUGH = (), 1
if sys.argv[1] == "kill":
    with warm.server(1, os.environ, Path(), Path("log")) as variables:
        print(variables["TIDEMARK_WARM"], flush=True)
        while not Path(variables["TIDEMARK_WARM"]).exists(): pass
        os.kill(os.getpid(), signal.SIGKILL)
sys.exit(parallel.repro())
"""


def run(argument: str) -> subprocess.Popen[str]:
    source = os.environ | {"PYTHONPATH": str(REPOSITORY / "src")}
    return subprocess.Popen(
        [sys.executable, "-c", RUN, argument], env=source, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_the_server_ends_with_who_started_it(checkout: Path) -> None:
    killed = run("kill")
    assert killed.stdout
    private = Path(killed.stdout.readline().strip()).parent
    killed.communicate()
    deadline = time.monotonic() + 30
    while private.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.pipeline
def test_ctrl_c_leaves_no_process(checkout: Path) -> None:
    (checkout / "dvc.yaml").write_text("stages: {act: {cmd: python -m stages.act wait}}\n")
    whole = run("repro")
    wait_for(checkout / "ready")
    family = psutil.Process(whole.pid).children(recursive=True)
    assert any("warm.py" in " ".join(process.cmdline()) for process in family)
    os.killpg(whole.pid, signal.SIGINT)
    _, errors = whole.communicate(timeout=60)
    message = "interrupted while running act: run the same command to go on\n"
    assert (whole.returncode, errors) == (130, message)
    assert all(gone(process.pid) for process in family)
