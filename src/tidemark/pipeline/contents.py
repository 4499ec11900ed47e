"""Contents held against their hashes: objects of DVC's cache, and files that stages wrote."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tidemark.core.store import Array

PAGE = 4096
"""Bytes that a disk or a system loses together."""
OBJECT = re.compile(r"[0-9a-f]{30}(\.dir)?")
"""The name of an object in a folder of the cache that is named by the first two digits."""


def md5(path: Path) -> str:
    """The hash by which DVC knows a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def place(cache: Path, digest: str) -> Path:
    """Where the cache has the object of a hash."""
    return cache / digest[:2] / digest[2:]


def wrong_objects(cache: Path) -> Iterator[tuple[Path, str]]:
    """Objects that do not have the hash that they are named by, or are no files at all, and that hash."""
    for folder in sorted(filter(Path.is_dir, cache.glob("[0-9a-f][0-9a-f]"))):
        for path in sorted(folder.iterdir()):  # dangling links too, which glob leaves out
            digest = folder.name + path.name
            if OBJECT.fullmatch(path.name) and not _has(path, digest):
                yield path, digest


def _has(path: Path, digest: str) -> bool:
    """Whether there is a file, no folder or FIFO, whose bytes have the hash."""
    return path.is_file() and md5(path) == digest.removesuffix(".dir")


@dataclass(frozen=True)
class Recorded:
    """A file that dvc.lock, or a .dvc file, says the hash of."""

    path: Path
    """Relative to the repository's folder."""
    digest: str
    by_user: bool
    """Whether it is no stage's, but was added."""
    cached: bool
    """Whether DVC keeps it in its cache."""
    untouched: bool = False
    """Whether nobody has written the file since DVC took its hash, as its time and size say."""


def recorded(repo: Any) -> Iterator[Recorded]:
    """All outputs of DVC's `Repo`, file by file, whose hash is known; folders by listings in its cache."""
    from dvc.stage import PipelineStage

    root, cache = Path(repo.root_dir), Path(repo.cache.local.path)
    for stage in repo.index.stages:
        by_user = not isinstance(stage, PipelineStage)
        for out in stage.outs:
            digest = out.hash_info.value
            if not digest or out.protocol != "local":
                continue
            path = Path(out.fs_path).relative_to(root)
            files = {path: digest}
            if digest.endswith(".dir"):
                files = {path / entry["relpath"]: entry["md5"] for entry in _listing(place(cache, digest))}
            for name, own in files.items():
                known = repo.state.get(str(root / name), out.fs)[1] if by_user else None
                untouched = known is not None and known.value == own
                yield Recorded(name, own, by_user, out.use_cache, untouched)


def _listing(path: Path) -> list[Mapping[str, Any]]:
    """The files of a folder; none where the listing is missing or not what its hash says."""
    try:
        if not _has(path, path.parent.name + path.name):
            return []
        return list(json.loads(path.read_text()))
    except (OSError, ValueError):
        return []


def added_folders(repo: Any) -> Iterator[tuple[Path, str]]:
    """Folders that were added, relative to that of DVC's `Repo`, and the hashes of their listings."""
    from dvc.stage import PipelineStage

    for stage in repo.index.stages:
        for out in stage.outs if not isinstance(stage, PipelineStage) else ():
            if (digest := out.hash_info.value or "").endswith(".dir") and out.protocol == "local":
                yield Path(out.fs_path).relative_to(repo.root_dir), digest


def listing_of(folder: Path) -> tuple[bytes, str]:
    """The listing of a folder as DVC writes it, and its hash."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    entries = [{"md5": md5(names[name]), "relpath": name} for name in sorted(names)]
    content = json.dumps(entries, sort_keys=True).encode()
    return content, f"{hashlib.md5(content, usedforsecurity=False).hexdigest()}.dir"


def is_damaged(whole: Path, path: Path) -> bool:
    """Whether a file differs from what it was as a failing disk or a crash leaves it, see `are_damaged`."""
    return are_damaged(whole.read_bytes(), path.read_bytes())


def lost(whole: Path, path: Path) -> int:
    """Bytes at its end that a file lacks which is the same otherwise; 0 where it is another."""
    missing = whole.stat().st_size - path.stat().st_size
    return missing if missing > 0 and whole.read_bytes().startswith(path.read_bytes()) else 0


def are_damaged(whole: bytes, content: bytes) -> bool:
    """Whether bytes differ from what they were as a failing disk or a crash leaves them, and no editor does.

    One byte is another one; or a part, within a page, is no text any more; or parts were lost, and read as
    zeros; or it was cut short within a line, or altogether; or zeros follow.
    """
    was, now = (np.frombuffer(each, np.uint8) for each in (whole, content))
    short = min(len(was), len(now))
    wrong = np.flatnonzero(was[:short] != now[:short])
    if len(now) < len(was):
        return not len(wrong) and (not len(now) or now[-1] != ord("\n"))
    if len(now) > len(was):
        return not len(wrong) and not now[short:].any()
    if not len(wrong):
        return False
    first, last = int(wrong[0]), int(wrong[-1]) + 1
    strange = _is_strange(now[first:last]) and not _is_strange(was[first:last])
    return len(wrong) == 1 or not now[wrong].any() or (last - first <= PAGE and strange)


def _is_strange(part: Array) -> bool:
    """Whether bytes are no part of a text: control characters, or no UTF-8."""
    if np.isin(part, [*range(9), *range(14, 32), 127]).any():
        return True
    middle = part.tobytes().lstrip(bytes(range(0x80, 0xC0)))  # a letter may have begun before
    try:
        middle.decode()
    except UnicodeDecodeError as error:
        return error.end < len(middle) or error.reason != "unexpected end of data"
    return False
