"""How a stage or a command starts, and how it ends when its input is wrong."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from tidemark.core import instructions
from tidemark.core.ending import ended_in_order
from tidemark.core.errors import InputError, printable
from tidemark.core.replacing import FULL, cannot_be_written
from tidemark.core.standard_output import NAME, flushed

STAGE = re.compile(r"(?:.*dvc\.yaml:)?[a-z]+@", re.DOTALL)
"""Of DVC's name of a stage, all but the entry's name."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn an `InputError`, and what the system says of a file, as of a full disk, into one line, status 2.

    SIGTERM and SIGHUP end what is inside as an exit does: temporary files are removed.
    """
    try:
        with ended_in_order(), flushed():
            yield
    except InputError as error:
        _end(str(error))
    except KeyboardInterrupt:  # before the command itself began, which Typer ends in the same way
        print("Aborted!", file=sys.stderr)
        raise SystemExit(128 + signal.SIGINT) from None
    except OSError as error:
        if error.errno in (*FULL, errno.EPIPE):
            _end(cannot_be_written(error.filename or NAME, error))
        if error.filename is None:
            raise
        _end(
            f"{os.fsdecode(error.filename)}: cannot be used ({error.strerror}); put it right, or move it away"
        )


def _end(line: str) -> NoReturn:
    print(f"error: {printable(line)}", file=sys.stderr)
    raise SystemExit(2) from None


def run(stage: Callable[..., None]) -> None:
    """Run a stage's function as a Typer command whose arguments are the function's own.

    Stages that compute with torch have imported it by then.
    """
    from tidemark.core import params  # not for `tidemark --help`, which runs no stage

    if "torch" in sys.modules and instructions.are_fixed(params.TOP):
        from tidemark.core import arithmetic

        arithmetic.fix()
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(stage)
    with one_line_errors():
        app([_entry(argument) for argument in sys.argv[1:]])


def _entry(argument: str) -> str:
    """An argument; of DVC's own name of the stage, `dvc.yaml:train@sine-rnn`, the entry's.

    No name from params.yaml is a part of a command, since DVC pastes them into the shell as they stand.
    Raises `InputError` for a name that could not be that of an entry.
    """
    if not argument or argument != os.environ.get("DVC_STAGE"):
        return argument
    from tidemark.core import params

    name = STAGE.sub("", argument, count=1)
    if not params.NAME.fullmatch(name):
        raise InputError(f"{argument}: a name is letters, digits, '-' and '_' only; rename the entry")
    return name
