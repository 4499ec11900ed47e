"""Resume points: a killed training run goes on from the last one to the same result.

They live outside the pipeline's outputs, under a key of everything that the run depends on.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from tidemark.core.locks import held
from tidemark.core.tensors import write_tensors


def digest(settings: Mapping[str, Any], inputs: list[Path]) -> str:
    """Key of a run: its settings, its input files' bytes, and the code that is loaded."""
    total = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode())
    code = Path(__file__).parents[1]
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    modules = sorted({Path(file) for file in files if file and Path(file).is_relative_to(code)})
    for path in [*sorted(inputs), *modules]:
        with path.open("rb") as file:
            total.update(path.name.encode() + hashlib.file_digest(file, "blake2b").digest())
    return total.hexdigest()[:20]


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that one model is never trained by two runs at once.

    Of the processes that a launcher such as torchrun started together, the first one holds it.
    """
    if os.environ.get("RANK", "0") != "0":
        yield
        return
    with held(folder / "lock", f"another process is training {folder.name}; waiting for it to stop"):
        yield


class ResumePoint:
    """One file of tensors and plain values, replaced as a whole."""

    def __init__(self, folder: Path, key: str) -> None:
        """Keep the point of the run `key` in `folder`; points of other runs there are removed."""
        self.path = folder / key / "state.safetensors"
        for other in folder.iterdir() if folder.exists() else []:
            if other.is_dir() and other.name != key:
                shutil.rmtree(other)

    def save(self, tensors: Mapping[str, Tensor], values: Mapping[str, Any]) -> None:
        """Write tensors and JSON values."""
        # Tensors may share memory with live ones; safetensors wants plain copies.
        plain = {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}
        write_tensors(self.path, plain, {"values": json.dumps(values, sort_keys=True)})

    def load(self) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
        """What was saved last, or none; a file that is no resume point counts as none."""
        if not self.path.exists():
            return None
        try:
            with safe_open(self.path, "pt") as file:
                values = json.loads(file.metadata()["values"])
                return dict(zip(file.keys(), map(file.get_tensor, file.keys()), strict=True)), values
        except (SafetensorError, KeyError, json.JSONDecodeError):
            return None


def forget(folder: Path) -> None:
    """Remove the points in `folder`, once the run's outputs are written; whoever trains holds its lock."""
    for point in folder.glob("*/"):
        shutil.rmtree(point)
