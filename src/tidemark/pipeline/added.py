"""The .dvc files that `dvc add` wrote: damaged ones are written again, from what was added."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tidemark.core.errors import InputError
from tidemark.core.plain_yaml import mapping_of
from tidemark.core.replacing import replacing
from tidemark.pipeline.contents import are_damaged, listing_of, md5, place
from tidemark.pipeline.locks import MOST, set_aside

NOTES = b"meta:\n"
"""How the part of a .dvc file begins that is not DVC's own: where the file is from, for example."""


def put_right(root: Path, repair: bool, every: bool = False) -> Iterator[str]:
    """Write damaged .dvc files again where what they name is there; a line for each.

    Damaged is one that DVC cannot read, or, if `every` one is held against its file, one that differs from
    what DVC writes as a failing disk or a crash leaves it. Raises `InputError` where one stays unreadable.
    """
    cache: Path | None = None
    for path in dvc_files(root):
        written = path.read_bytes() if path.is_file() else b""
        known = is_readable(written)
        if known and not every:
            continue
        cache = cache or _cache_of(root)  # DVC is started where there is something to look up, and once
        shown, content = path.relative_to(root), content_of(path.with_suffix(""), cache)
        if content is not None:
            with_notes = content + b"".join(written.partition(NOTES)[1:])
            content = with_notes if is_readable(with_notes) else content
        if content is not None and (not known or are_damaged(content, written)):
            if repair:
                set_aside(root, shown)
                with replacing(path) as temporary:
                    temporary.write_bytes(content)
            yield f"{shown}: damaged{', and written again' if repair else ''}"
        elif not known:
            raise InputError(
                f"{shown}: cannot be read, and what was added is gone or another; `git checkout {shown}`, or "
                f"`dvc add {shown.with_suffix('')}`"
            )


def _cache_of(root: Path) -> Path:
    """The folder of the objects of DVC's cache."""
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        return Path(repo.cache.local.path)


def dvc_files(root: Path) -> Iterator[Path]:
    """All files of `dvc add` below `root`."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".dvc"))


def unseen(repo: Any) -> Iterator[Path]:
    """Files of `dvc add` that DVC's `Repo` passes over, though Git does not ignore them.

    DVC asks whether their folder is ignored, `data/`, and a pattern `/data/*` says so of it.
    """
    seen = {Path(stage.path) for stage in repo.index.stages}
    for path in dvc_files(Path(repo.root_dir)):
        if path not in seen and not repo.scm.is_ignored(str(path)):
            yield path


def is_readable(written: bytes) -> bool:
    """Whether DVC can read a .dvc file of these bytes."""
    from dvc.schema import COMPILED_SINGLE_STAGE_SCHEMA
    from voluptuous import Invalid

    try:
        content = mapping_of(written, Path(), MOST)
        COMPILED_SINGLE_STAGE_SCHEMA(content)
    except (InputError, Invalid, TypeError, ValueError):
        return False
    return bool(content.get("outs"))


def content_of(added: Path, cache: Path) -> bytes | None:
    """What DVC writes of a file or folder that it has in its cache; none of any other."""
    if added.is_file():
        digest, files = md5(added), [added]
    elif added.is_dir():
        digest, files = listing_of(added)[1], [path for path in added.rglob("*") if path.is_file()]
    else:
        return None
    if not place(cache, digest).is_file():
        return None
    size, number = sum(path.stat().st_size for path in files), f"  nfiles: {len(files)}\n" * added.is_dir()
    return f"outs:\n- md5: {digest}\n  size: {size}\n{number}  hash: md5\n  path: {added.name}\n".encode()
