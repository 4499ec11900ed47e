"""A server that has imported what stages import, and forks a process for each of them.

Importing torch and what its optimisers need takes seconds, in every stage's process. `tidemark repro`
runs this file as a program of its own; stages/warm.py hands stages over to it. It imports nothing of
this repository, so that what a fork imports of it is what is there when the stage starts.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

LIBRARIES = (
    "lightning_fabric", "torch._dynamo", "numpy", "scipy.optimize", "scipy.signal", "safetensors.torch",
    "matplotlib.backends.backend_agg", "matplotlib.figure", "pydantic", "ruamel.yaml", "typer", "tqdm",
)  # fmt: skip
"""Not pandas: Arrow, which it imports, starts a thread, and a fork has none but the one that forks."""
ENOUGH = 6
"""Stages from which on the server's own imports pay."""
DEVICES = ("/dev/nvidia", "/dev/kfd")
"""Files that a process has open once it has started a GPU."""
PR_SET_PDEATHSIG = 1


@contextmanager
def server(stages: int, variables: Mapping[str, str], folder: Path, log: Path) -> Iterator[Mapping[str, str]]:
    """Run the server while some stages run; gives the environment for them.

    It has the environment `variables` and starts in `folder`, as the stages do. There is none for few
    stages, nor where the system lacks what it needs.
    """
    if stages < ENOUGH or sys.platform != "linux":
        yield variables
        return
    with tempfile.TemporaryDirectory(prefix="tidemark-") as private, log.open("wb") as output:
        address = f"{private}/socket"
        process = subprocess.Popen(
            [sys.executable, __file__, address, *LIBRARIES],
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield {**variables, "TIDEMARK_WARM": address}
        finally:
            process.kill()
            process.communicate()


class _Server:
    """Forks for each stage, passes signals on to it, and reports how it ends."""

    def __init__(self, address: str, libraries: Sequence[str]) -> None:
        """Listen at once, so that the first stages wait; then import."""
        self._environment, self._address = _shared(os.environ), Path(address)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen(64)
        for name in libraries:
            importlib.import_module(name)
        threads, files = Path("/proc/self/task").iterdir(), Path("/proc/self/fd").iterdir()
        if len(list(threads)) > 1 or any(str(file.resolve()).startswith(DEVICES) for file in files):
            raise SystemExit("a library started a thread or a GPU, which forks cannot use: no server")
        gc.collect()
        gc.freeze()
        self._process, self._prctl = os.getpid(), ctypes.CDLL(None).prctl
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(0, selectors.EVENT_READ, self._alone)

    def run(self) -> dict[str, Any]:
        """Serve; returns in each fork, with the stage that it is to run."""
        while True:
            for key, _ in self._selector.select():
                request: dict[str, Any] | None = key.data()
                if request:
                    self._selector.close()
                    self._listener.close()
                    return request

    def _accept(self) -> dict[str, Any] | None:
        connection = self._listener.accept()[0]
        files: list[int] = []
        try:
            head, files, _, _ = socket.recv_fds(connection, 4, 3)
            request = json.loads(connection.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL))
            same = request["python"] == [sys.version, sys.prefix]
            if not same or _shared(request["environment"]) != self._environment:
                raise ValueError("of another Python or environment")
            connection.sendall(b"y")
        except (OSError, ValueError):  # it goes by itself, or is gone
            connection.close()
        else:
            if not (process := os.fork()):
                self._prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                if os.getppid() != self._process:
                    os._exit(1)
                os.setpgid(0, 0)
                for number, file in enumerate(files):
                    os.dup2(file, number)
                return dict(request)
            ended = os.pidfd_open(process)
            self._selector.register(
                connection, selectors.EVENT_READ, partial(self._pass, connection, process)
            )
            self._selector.register(
                ended, selectors.EVENT_READ, partial(self._end, connection, process, ended)
            )
        for file in files:
            os.close(file)
        return None

    def _alone(self) -> None:
        """End, and the stages with it, when who started it is gone."""
        self._address.unlink()
        self._address.parent.rmdir()
        raise SystemExit

    def _pass(self, connection: socket.socket, process: int) -> None:
        """Pass signals on to a stage; kill it if the process that waits for it is gone."""
        if connection.fileno() < 0:  # it ended a moment ago
            return
        numbers = b""
        with suppress(ConnectionError):
            numbers = connection.recv(16)
        with suppress(ProcessLookupError):
            for number in numbers:
                os.kill(process, number)
            if not numbers:
                self._selector.unregister(connection)
                os.kill(process, signal.SIGKILL)
                os.killpg(process, signal.SIGKILL)

    def _end(self, connection: socket.socket, process: int, ended: int) -> None:
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        with suppress(OSError):
            connection.sendall(code.to_bytes(4, "big", signed=True))
        self._selector.unregister(ended)
        os.close(ended)
        with suppress(KeyError):
            self._selector.unregister(connection)
        connection.close()


def _shared(variables: Mapping[str, str]) -> dict[str, str]:
    """An environment without what DVC and the shell set anew for each stage."""
    own = ("PWD", "OLDPWD", "SHLVL", "_")
    return {
        name: value for name, value in variables.items() if name not in own and not name.startswith("DVC_")
    }


def main() -> None:
    """Serve at a socket, having imported libraries; in a fork, be the stage, as `python -m` is."""
    del sys.path[0]  # this folder
    request = _Server(sys.argv[1], sys.argv[2:]).run()
    os.chdir(request["folder"])
    os.environ.update(request["environment"])
    os.environ["TIDEMARK_WAITING"] = str(request["process"])  # which DVC started, and watches over
    sys.path[:] = request["path"]
    module, *arguments = request["command"]
    sys.argv[:] = [module, *arguments]
    importlib.invalidate_caches()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
