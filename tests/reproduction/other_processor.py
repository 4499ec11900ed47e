"""Runs stages in the workspace that is the current folder: a program of its own, native or emulated.

An emulator takes 20 seconds to import torch, so all is imported once and each stage is a fork. A fork ends without
taking down again what it shares with the others: that costs ten times what a small stage does.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
import traceback


def main() -> None:
    """Run the commands of standard input, a list of what follows `python -m`; ends at the first that fails."""
    sys.path[0] = ""  # as `python -m` does
    importlib.import_module("stages")  # first: it sets what libraries look at as they load
    commands = json.load(sys.stdin)
    libraries = importlib.import_module("tidemark.pipeline.warm").LIBRARIES
    for name in (*libraries, *(module for module, *_ in commands)):
        importlib.import_module(name)
    for command in commands:
        if not (process := os.fork()):
            os._exit(ended(command))
        if code := os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]):
            sys.exit(f"{' '.join(command)} ended with {code}")


def ended(command: list[str]) -> int:
    """Run a command in this process; the exit status it would have ended with."""
    del sys.modules[command[0]]  # it runs as the main program, as by `python -m`
    sys.argv[:] = command
    try:
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    main()
