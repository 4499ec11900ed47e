"""Entries put into and taken out of YAML files, line by line: all other lines stay as they are, byte for
byte.

A round trip through a YAML library keeps comments, but folds every long line anew. Here ruamel.yaml only says
where entries begin, and writes new ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from tidemark.project.template import written, yaml


def insert(text: str, section: str, name: str, value: object, comment: str = "") -> str:
    """Put entry `name`, with `value` in plain types, at the end of a top-level mapping; it takes another's
    place.

    A mapping on one line, such as `{}`, becomes one of several lines. `comment` stands above the entry.
    """
    text = remove(text, section, name)
    tree, lines = yaml().load(text) or CommentedMap(), text.splitlines()
    above = [f"  # {comment}"] if comment else []
    new = above + _indented(written(CommentedMap({name: styled(value)})))
    if section not in tree:
        return _joined([*lines, "", f"{section}:", *new])
    start, end = _span(tree, lines, section)
    if _is_block(tree[section]):
        return _joined([*lines[:end], *new, *lines[end:]])
    kept = CommentedMap(tree[section] or {})
    old = _indented(written(kept)) if kept else []
    return _joined([*lines[:start], f"{section}:", *old, *new, *lines[end:]])


def remove(text: str, section: str, name: str) -> str:
    """Take entry `name` out of a top-level mapping, if it is there.

    A comment right above it goes with it, unless it may be about the entry that follows as well.
    """
    tree, lines = yaml().load(text) or {}, text.splitlines()
    within: Any = tree.get(section)
    if not within or name not in within:
        return text
    first, last = _span(tree, lines, section)
    if len(within) == 1:
        return _joined([*lines[:first], f"{section}: {{}}", *lines[last:]])
    if not _is_block(within):
        kept = CommentedMap({key: value for key, value in within.items() if key != name})
        kept.fa.set_flow_style()
        return _joined([*lines[:first], *written(CommentedMap({section: kept})).splitlines(), *lines[last:]])
    start = within.lc.key(name)[0]
    after = [place for key in within if (place := within.lc.key(key)[0]) > start]
    end = _before_comment(lines, min(after)) if after else last
    above = _before_comment(lines, start)
    followed = not after or end < min(after)
    return _joined([*lines[: above if followed else start], *lines[end:]])


def remove_key(text: str, name: str) -> str:
    """Take a top-level key out, with what is below it and a comment right above it, but that of the file."""
    tree, lines = yaml().load(text) or {}, text.splitlines()
    if name not in tree:
        return text
    start, end = _span(tree, lines, name)
    left = [*lines[: _before_comment(lines, start) or start], *lines[end:]]
    return _joined(left if len(tree) > 1 else [*left, "{}"])


def styled(value: object) -> Any:
    """Plain values as the repository writes entries: the outermost mapping by lines, all within on one."""
    if not isinstance(value, Mapping):
        return value
    result = CommentedMap(value)
    for key, each in value.items():
        result[key] = _flow(each)
    return result


def _flow(value: object) -> Any:
    if isinstance(value, Mapping):
        mapping = CommentedMap({key: _flow(each) for key, each in value.items()})
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, Sequence) and not isinstance(value, str):
        sequence = CommentedSeq([_flow(each) for each in value])
        sequence.fa.set_flow_style()
        return sequence
    return value


def _span(tree: Any, lines: Sequence[str], key: str) -> tuple[int, int]:
    """First line of a top-level key, and the line after its last: comments before the next key are not."""
    start = tree.lc.key(key)[0]
    after = [place for other in tree if (place := tree.lc.key(other)[0]) > start]
    end = min(after, default=len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return start, end


def _before_comment(lines: Sequence[str], place: int) -> int:
    """The first line of the comment right above a line; that line where there is none."""
    while place > 0 and lines[place - 1].lstrip().startswith("#"):
        place -= 1
    return place


def _is_block(value: Any) -> bool:
    return isinstance(value, CommentedMap) and bool(value) and value.fa.flow_style() is not True


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
