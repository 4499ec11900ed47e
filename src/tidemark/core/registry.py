"""From a name in params.yaml to the module of that name, imported only when asked for."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

from tidemark.core.errors import InputError

PACKAGE = Path(__file__).parent.parent


def names(room: str) -> list[str]:
    """Names of the modules in one room of the package, for example `signals` or `models/denoise`."""
    return sorted(p.stem for p in (PACKAGE / room).glob("*.py") if p.stem != "__init__")


def check(room: str, name: str, where: str) -> None:
    """Raise `InputError` unless `name` is a module in `room`; `where` is the key that named it."""
    if name not in names(room):
        raise InputError(
            f"{where}: no {room} file is named {name!r}; expected one of {', '.join(names(room))}"
        )


def load(room: str, name: str, where: str) -> ModuleType:
    """Import module `name` of `room`; raise `InputError`, naming the key `where`, if there is none."""
    check(room, name, where)
    return importlib.import_module(f"tidemark.{room.replace('/', '.')}.{name}")
