"""params.yaml files, read and checked: the top one and one a task; errors name file, key, what is allowed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from tidemark.core import paths
from tidemark.core.errors import InputError
from tidemark.core.files import describe
from tidemark.core.frozen import SCALES, Frozen
from tidemark.core.plain_yaml import read_mapping

Model = TypeVar("Model", bound=BaseModel)
Entry = TypeVar("Entry", bound=Frozen)
Tree = Mapping[str, Any]
TOP = Path("params.yaml")
MODELS = ("models", "finetuned")
"""Groups of entries that are trained."""
ELSEWHERE = "no such file; run this in the folder of a tidemark pipeline"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def validate(kind: type[Model], values: object, where: str) -> Model:
    """Build `kind` from plain values; raise a one-line `InputError` that names the key below `where`."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise InputError(_one_line(error, kind, where)) from None


def _one_line(error: ValidationError, kind: type[BaseModel], where: str) -> str:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    key = ".".join([*filter(None, [where]), *place])
    if first["type"] == "extra_forbidden":
        allowed = sorted(_fields_at(kind, place[:-1]))
        return f"{key}: unknown key; expected one of {', '.join(allowed)}"
    if first["type"] == "missing":
        return f"{key}: missing key; add it"
    message = first["msg"].removeprefix("Value error, ")
    expected = message[0].lower() + message[1:]
    if isinstance(first["input"], Mapping):
        return f"{key}: {expected}"
    return f"{key} = {first['input']!r}: {expected}"


def _fields_at(kind: type[BaseModel], place: list[str]) -> list[str]:
    """Names of the keys allowed at a place inside `kind`, following nested models and mappings."""
    for part in place:
        field = kind.model_fields.get(part)
        if field is None:
            continue  # a name inside a mapping of entries
        for each in (field.annotation, *get_args(field.annotation)):
            if isinstance(each, type) and issubclass(each, BaseModel):
                kind = each
    return list(kind.model_fields)


def read(path: Path) -> Tree:
    """The mapping in a YAML file; raises `InputError` where there is none."""
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise InputError(f"{path}: {ELSEWHERE}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({describe(error)})") from None
    return _read(path.absolute(), path, stamp)


@cache
def _read(absolute: Path, path: Path, stamp: int) -> Tree:
    return read_mapping(path, ELSEWHERE)


def scale() -> str:
    """The scale chosen in the top params.yaml."""
    chosen = read(TOP).get("scale")
    if chosen not in SCALES:
        raise InputError(f"{TOP}: scale = {chosen!r}: expected one of {', '.join(SCALES)}")
    return str(chosen)


def seeds() -> int:
    """How often every model is trained, as the top params.yaml says."""
    count = read(TOP).get("seeds", 1)
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise InputError(f"{TOP}: seeds = {count!r}: expected a number of trainings, at least 1")
    return count


def top(key: str, kind: type[Model]) -> Model:
    """A section of the top params.yaml."""
    return validate(kind, read(TOP).get(key, {}), f"{TOP}: {key}")


def section(task: str, group: str) -> Mapping[str, Any]:
    """The entries of a group (datasets, models, …) in a task's params.yaml, by name, as they are written.

    Raises `InputError` for a name that could not be that of a stage and a file.
    """
    file = paths.params(task)
    entries = read(file).get(group) or {}
    if not isinstance(entries, Mapping):
        raise InputError(f"{file}: {group}: expected a mapping of entries by name")
    for name in entries:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise InputError(f"{file}: {group}.{name}: a name is letters, digits, '-' and '_' only")
    return entries


def models(task: str, dataset: str = "") -> dict[str, str]:
    """Everything that is trained for a task, or on one dataset, in the file's order: each one's group."""
    return {
        name: group
        for group in MODELS
        for name in section(task, group)
        if not dataset or raw(task, group, name).get("dataset") == dataset
    }


def raw(task: str, group: str, name: str) -> Tree:
    """One entry as it is written; raises an `InputError` that lists the names there are."""
    entries = section(task, group)
    if name not in entries:
        raise InputError(
            f"{paths.params(task)}: {group}.{name}: unknown; expected one of {', '.join(sorted(entries))}"
        )
    entry = entries[name]
    if not isinstance(entry, Mapping):
        raise InputError(f"{where(task, group, name)} = {entry!r}: expected a mapping of its keys")
    return entry


def where(task: str, group: str, name: str) -> str:
    """How an error names an entry."""
    return f"{paths.params(task)}: {group}.{name}"


def at_scale(entry: Tree, place: str, chosen: str = "") -> Tree:
    """An entry with its block `common`, then that of a scale (by default the chosen one), merged into it.

    Raises `InputError`, naming the entry's `place`, where it has blocks but none of this scale, or where one
    value is set twice.
    """
    chosen = chosen or scale()
    blocks = {key: entry[key] or {} for key in ("common", *SCALES) if key in entry}
    for key, block in blocks.items():
        if not isinstance(block, Mapping):
            raise InputError(f"{place}.{key} = {block!r}: expected a mapping of its keys")
    common = blocks.pop("common", {})
    if blocks and chosen not in blocks:
        raise InputError(f"{place}: no block for scale {chosen!r}; add {chosen}: beside {', '.join(blocks)}")
    whole = {key: value for key, value in entry.items() if key not in (*SCALES, "common")}
    for key, block in (("common", common), (chosen, blocks.get(chosen, {}))):
        if twice := sorted(_leaves(whole) & _leaves(block)):
            raise InputError(f"{place}.{twice[0]}: also in the block {key}; leave it out of one of them")
        whole = merged(whole, block)
    return whole


def _leaves(tree: Tree, above: str = "") -> set[str]:
    """Dotted names of the values in nested mappings."""
    names = set()
    for key, value in tree.items():
        nested = isinstance(value, Mapping) and value
        names |= _leaves(value, f"{above}{key}.") if nested else {f"{above}{key}"}
    return names


def merged(base: Tree, changes: Tree) -> dict[str, Any]:
    """`base` with `changes`, mapping by mapping; other values are replaced."""
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def entry(task: str, group: str, name: str, kind: type[Entry]) -> Entry:
    """The entry `name` of a group at the chosen scale."""
    place, written = where(task, group, name), raw(task, group, name)
    check_beside(written, kind.beside_blocks, place)
    return validate(kind, at_scale(written, place), place)


def check_beside(written: Tree, allowed: Collection[str], place: str) -> None:
    """Raise `InputError` where a key stands beside an entry's blocks: its stage would not see it change.

    `allowed` are those that the stage depends on; none where it depends on the whole entry.
    """
    extra = sorted(written.keys() - {*allowed, "common", *SCALES})
    if allowed and extra and written.keys() & {*SCALES}:
        raise InputError(
            f"{place}.{extra[0]}: beside the blocks; there expected one of {', '.join(sorted(allowed))}, all "
            f"else in {', '.join(SCALES)}"
        )


def entries(task: str, group: str, kind: type[Entry]) -> dict[str, Entry]:
    """All entries of a group at the chosen scale, in the file's order."""
    return {name: entry(task, group, name, kind) for name in section(task, group)}
