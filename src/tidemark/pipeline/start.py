"""What a command may find where it starts: files that are closed, few letters, no folder."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from tidemark.core.errors import InputError


def open_standard_files() -> None:
    """Let what the caller has closed lead nowhere: otherwise it is the next files that get these numbers.

    What the others cannot show, as in an encoding of few letters, they show as escapes.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
            if name != "stdout":  # of which a prediction that is to be written there says that it is closed
                setattr(sys, name, os.fdopen(nowhere, "w" if number else "r", closefd=False))
        elif number and isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def check_folder() -> None:
    """Raise `InputError` where the working directory is not there any more."""
    try:
        Path.cwd()
    except FileNotFoundError:
        raise InputError("the folder that this runs in is gone; go to one that is there") from None
