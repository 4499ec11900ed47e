"""YAML as far as files of parameters need it: mappings by text, of a depth and size that a person writes.

A few lines of YAML can stand for billions of values, or for themselves, by aliases: walking through them
would never end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tidemark.core.errors import InputError
from tidemark.core.files import check_file, describe

DEEPEST, MOST, LONGEST = 100, 50_000, 2**22
"""Levels of nesting, values once aliases are followed, and bytes of a file."""
LARGEST = 10**300
"""Of a whole number."""
BROKEN = (
    YAMLError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError,
    RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What a YAML library raises at values that it cannot make: a month 13, a number of 5,000 digits."""


def read_mapping(path: Path, missing: str) -> Mapping[str, Any]:
    """The mapping in a file; raises `InputError`, in one line, where there is none.

    `missing` says what to do where there is no such file.
    """
    check_file(path, missing=missing)
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({describe(error)})") from None
    if len(data) > LONGEST:
        raise InputError(f"{path}: over {LONGEST} bytes, which no file of parameters has; shorten it")
    return mapping_of(data, path)


def mapping_of(data: bytes, path: Path, most: int = MOST) -> Mapping[str, Any]:
    """The mapping that the bytes of a file hold, `most` values or fewer; raises `InputError` at any other."""
    try:
        _check_size(data, path, most)
        tree = YAML(typ="safe").load(data)
        wrong = _wrong_in(tree)
    except BROKEN as error:
        raise InputError(f"{path}: not valid YAML: {' '.join(str(error).split())[:400]}") from None
    if not isinstance(tree, Mapping):
        raise InputError(f"{path}: expected a mapping of parameters, got {type(tree).__name__}")
    if wrong:
        raise InputError(f"{path}: {wrong}")
    return tree


def _check_size(data: bytes, path: Path, most: int) -> None:
    """Raise `InputError` where aliases lead back to themselves, or nesting or size exceed what is allowed."""
    sizes: dict[str, int] = {}
    inside: list[tuple[str | None, int]] = []  # anchor, and values so far, of each node that is open
    total = 0

    def add(count: int) -> None:
        nonlocal total
        if inside:
            anchor, before = inside[-1]
            inside[-1] = anchor, before + count
        total = count if not inside else total

    for event in YAML(typ="safe").parse(data):
        match event:
            case AliasEvent():
                if event.anchor not in sizes:  # not yet closed: the parser knows every anchor
                    raise InputError(f"{path}: alias *{event.anchor} leads back to itself; write it out")
                add(sizes[event.anchor])
            case ScalarEvent():
                sizes |= {event.anchor: 1} if event.anchor else {}
                add(1)
            case SequenceStartEvent() | MappingStartEvent():
                sizes.pop(event.anchor or "", None)
                inside.append((event.anchor, 1))
                if len(inside) > DEEPEST:
                    raise InputError(f"{path}: nested more than {DEEPEST} deep; write it flatter")
            case SequenceEndEvent() | MappingEndEvent():
                anchor, size = inside.pop()
                sizes |= {anchor: size} if anchor else {}
                add(size)
        if max(total, inside[-1][1] if inside else 0) > most:
            raise InputError(f"{path}: over {most} values, those of aliases counted each time; shorten it")


def _wrong_in(tree: Any) -> str:
    """What is wrong with the first key of nested mappings that is no text, or number past all; else empty."""
    if isinstance(tree, int) and abs(tree) >= LARGEST:  # which Python cannot even write into a message
        return f"a whole number of {tree.bit_length()} bits; write one of up to 300 digits"
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            if not isinstance(key, str):
                return _wrong_in(key) or (
                    f"{key if key is not None else 'null'!r:.80}: a key is text; put it into quotes"
                )
            if wrong := _wrong_in(value):
                return f"{key}: {wrong}" if isinstance(value, int) else wrong
    elif isinstance(tree, Sequence) and not isinstance(tree, str | bytes):
        for value in tree:
            if wrong := _wrong_in(value):
                return wrong
    return ""
