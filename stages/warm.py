"""Hands a stage over to a server that has imported torch already, where `tidemark repro` runs one."""

import json
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType


def hand_over() -> None:
    """Let the server at the socket TIDEMARK_WARM run this process's command, and end as it ends there.

    Returns where no server takes it, as one whose Python or environment is another: the stage then runs
    in this process.
    """
    address = os.environ.pop("TIDEMARK_WARM")
    if sys.orig_argv[1:2] != ["-m"]:
        return
    request = {
        "python": [sys.version, sys.prefix],
        "command": sys.orig_argv[2:],
        "path": sys.path[1:],  # without src, which is put there again
        "folder": str(Path.cwd()),
        "environment": dict(os.environ),
        "process": os.getpid(),
    }
    try:
        server = socket.socket(socket.AF_UNIX)
        server.connect(address)
        message = json.dumps(request).encode()
        socket.send_fds(server, [len(message).to_bytes(4, "big")], [0, 1, 2])
        server.sendall(message)
        if not server.recv(1):
            return
    except OSError:
        return

    def pass_on(number: int, frame: FrameType | None) -> None:
        server.send(bytes([number]))

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    status = server.recv(4)
    if not status:
        raise SystemExit("the process that ran this stage is gone")
    code = int.from_bytes(status, "big", signed=True)
    if code < 0:  # a signal ended it
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    raise SystemExit(code)
