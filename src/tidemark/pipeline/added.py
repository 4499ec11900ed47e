"""The .dvc files that `dvc add` wrote: damaged ones are written again, from what was added."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.plain_yaml import BROKEN
from tidemark.core.replacing import replacing
from tidemark.pipeline.contents import are_damaged, listing_of, md5, place
from tidemark.pipeline.locks import set_aside


def put_right(root: Path, repair: bool, every: bool = False) -> Iterator[str]:
    """Write damaged .dvc files again where what they name is there; a line for each.

    Damaged is one that DVC cannot read, or, if `every` one is held against its file, one that differs from
    what DVC writes as a failing disk or a crash leaves it. Raises `InputError` where one stays unreadable.
    """
    cache: Path | None = None
    for path in dvc_files(root):
        known = is_readable(path)
        if known and not every:
            continue
        cache = cache or cache_of(root)  # DVC is started where there is something to look up, and once
        shown, content = path.relative_to(root), content_of(path.with_suffix(""), cache)
        if content is not None and (not known or are_damaged(content, path.read_bytes())):
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


def cache_of(root: Path) -> Path:
    """The folder of the objects of DVC's cache."""
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        return Path(repo.cache.local.path)


def dvc_files(root: Path) -> Iterator[Path]:
    """All files of `dvc add` below `root`."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".dvc"))


def is_readable(path: Path) -> bool:
    """Whether DVC can read a .dvc file."""
    from dvc.schema import COMPILED_SINGLE_STAGE_SCHEMA
    from ruamel.yaml import YAML
    from voluptuous import Invalid

    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        COMPILED_SINGLE_STAGE_SCHEMA(content)
    except (*BROKEN, Invalid):
        return False
    return isinstance(content, Mapping) and bool(content.get("outs"))


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
