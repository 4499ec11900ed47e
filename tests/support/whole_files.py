"""Whole files through a model: small pieces, what comes out, what is refused, how much memory it takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidemark.core.errors import InputError
from tidemark.signals.recordings import delimited_lines, npy, parquet, wav


def read_in_pieces(monkeypatch: pytest.MonkeyPatch, text_bytes: int, values: int) -> None:
    """Let files of some hundred rows be read in many pieces."""
    monkeypatch.setattr(delimited_lines, "BATCH_BYTES", text_bytes)
    for module in (npy, parquet, wav):
        monkeypatch.setattr(module, "BATCH_VALUES", values)


def predicted(
    predict: Callable[..., Any],
    folder: Path,
    name: str,
    content: str | bytes,
    model: Any,
    output: object = None,
    **options: Any,
) -> bytes:
    """The bytes that come out for a file of given bytes."""
    source = folder / name
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    done = predict(model.info, model, str(source), output and str(output), **options)
    return Path(done.destination).read_bytes()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def one_line(error: pytest.ExceptionInfo[InputError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


@dataclass
class Refusal:
    """A file, options and a model that do not go together, and the start of what is said of them."""

    content: str
    message: str
    options: dict[str, Any] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    """Of the model, where it is not as usual."""
    name: str = "a.csv"


def assert_refused(predict: Callable[..., Any], case: Refusal) -> None:
    """The file, put into the current folder, is refused in one line, and nothing is written."""
    Path(case.name).write_text(case.content)
    before = names(Path())
    with pytest.raises(InputError) as error:
        predict(**{"source": case.name} | case.options)
    assert one_line(error).startswith(case.message)
    assert names(Path()) == before


def write_holes(path: Path, shape: tuple[int, ...]) -> None:
    """A .npy file of float32 zeros that takes no room on the disk."""
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 4 * int(np.prod(shape)))


def megabytes(task: str, info: dict[str, Any], function: str, path: Path) -> int:
    """What a model of `task` takes for a file, above what the imports take.

    It was trained on `signals` as in `info`, and is a `function` of arrays. Done in a process of its own.
    """
    code = MEMORY.format(task=task, info=info, function=function, tests=str(Path(__file__).parents[1]))
    finished = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    return int(finished.stdout)


MEMORY = """
import resource, sys
sys.path.insert(0, {tests!r})
import numpy as np
from support.models import signals
from tidemark.{task}.prediction.command import {task}_file
info = signals(**{info!r})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
{task}_file(info, {function}, sys.argv[1])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
