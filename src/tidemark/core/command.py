"""How a stage or a command starts, and how it ends when its input is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from tidemark.core import instructions
from tidemark.core.errors import InputError


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn an `InputError` into one line on standard error and exit status 2."""
    try:
        yield
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
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
        app()
