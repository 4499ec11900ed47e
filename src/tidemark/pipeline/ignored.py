"""DVC's lists of what Git ignores, beside the outputs that they name: damaged ones are written again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

from tidemark.core.replacing import replacing
from tidemark.pipeline.contents import are_damaged
from tidemark.pipeline.locks import set_aside

NAME = ".gitignore"
MOST = 4
"""Lines of DVC's that one fault may hit; damage to more is left to DVC, which adds each that is not there."""


def put_right(repo: Any, repair: bool) -> Iterator[str]:
    """Write lists again from which a fault took lines that DVC wrote in its `Repo`; a line for each."""
    root = Path(repo.root_dir)
    for folder, entries in sorted(_entries(repo).items()):
        path = folder / NAME
        whole = restored(path.read_bytes(), entries) if path.is_file() else None
        if whole is None:
            continue
        shown = path.relative_to(root)
        if repair:
            set_aside(root, shown)
            with replacing(path) as temporary:
                temporary.write_bytes(whole)
        yield f"{shown}: damaged{', and written again' if repair else ''}"


def _entries(repo: Any) -> Mapping[Path, Collection[bytes]]:
    """Lines of DVC's by folder: those of outputs that are there, so that it has written them."""
    from pathspec.patterns.gitwildmatch import GitWildMatchPattern

    found = defaultdict(set)
    for stage in repo.index.stages:
        for out in stage.outs:
            path = Path(out.fs_path)
            if out.protocol == "local" and out.use_scm_ignore and path.exists():
                found[path.parent].add(f"/{GitWildMatchPattern.escape(path.name)}".encode())
    return found


def restored(content: bytes, entries: Collection[bytes]) -> bytes | None:
    """What a list was from which a fault took some of its `entries`; none where nothing shows that one did.

    Other lines stay as they are, and all in their order.
    """
    able = [whole for whole in _candidates(content, entries) if are_damaged(whole, content)]
    differing = [sum(was != now for was, now in zip(whole, content, strict=False)) for whole in able]
    return min(
        zip(differing, able, strict=True), key=lambda each: (each[0], -len(each[1])), default=(0, None)
    )[1]


def _candidates(content: bytes, entries: Collection[bytes]) -> Iterator[bytes]:
    """The list with entries that it lacks in the place of one or two lines that are none."""
    lines = content.split(b"\n")
    missing = sorted(set(entries) - set(lines))
    if len(missing) > MOST:
        return
    for start in range(len(lines)):
        for stop in range(start + 1, min(start + 2, len(lines)) + 1):
            if any(line in entries for line in lines[start:stop]):
                break
            for count in range(1, len(missing) + 1):
                for some in permutations(missing, count):
                    yield b"\n".join([*lines[:start], *some, *lines[stop:]]).removesuffix(b"\n") + b"\n"
