"""From a name in params.yaml to what the file of that name provides, imported only when asked for."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TypeVar

from tidemark.core.errors import InputError

PACKAGE = Path(__file__).parent.parent
Provided = TypeVar("Provided")


def names(room: str) -> list[str]:
    """Names of the modules in one room of the package, for example `denoise/laws`."""
    return sorted(p.stem for p in (PACKAGE / room).glob("*.py") if p.stem != "__init__")


def check(room: str, name: str, where: str) -> None:
    """Raise `InputError` unless `name` is a module in `room`; `where` is the key that named it."""
    if name not in names(room):
        raise InputError(
            f"{where}: no file of src/tidemark/{room} is named {name!r}; "
            f"expected one of {', '.join(names(room))}"
        )


def load(room: str, name: str, where: str, kind: type[Provided]) -> Provided:
    """The one instance of `kind` in module `name` of `room`.

    Raises `InputError`, naming the key `where`, if there is no such module, or none such in it.
    """
    check(room, name, where)
    module = importlib.import_module(f"tidemark.{room.replace('/', '.')}.{name}")
    provided = [value for value in vars(module).values() if isinstance(value, kind)]
    if not provided:
        raise InputError(f"{where}: src/tidemark/{room}/{name}.py provides no {kind.__name__}; add one to it")
    return provided[0]
