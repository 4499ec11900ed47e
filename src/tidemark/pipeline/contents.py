"""Contents held against their hashes: objects of DVC's cache, and files that stages wrote."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    """Objects whose bytes do not have the hash that they are named by, and that hash."""
    for path in sorted(cache.glob("[0-9a-f][0-9a-f]/*")):
        if OBJECT.fullmatch(path.name) and path.is_file():
            digest = path.parent.name + path.name
            if md5(path) != digest.removesuffix(".dir"):
                yield path, digest


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


def recorded(root: Path, cache: Path) -> Iterator[Recorded]:
    """All outputs, file by file, whose hash is known; folders by their listing in the cache."""
    from dvc.repo import Repo
    from dvc.stage import PipelineStage

    with Repo(str(root)) as repo:
        for stage in repo.index.stages:
            by_user = not isinstance(stage, PipelineStage)
            for out in stage.outs:
                digest = out.hash_info.value
                if not digest or out.protocol != "local":
                    continue
                path = Path(out.fs_path).relative_to(repo.root_dir)
                if not digest.endswith(".dir"):
                    yield Recorded(path, digest, by_user, out.use_cache)
                    continue
                for entry in _listing(place(cache, digest)):
                    yield Recorded(path / entry["relpath"], entry["md5"], by_user, out.use_cache)


def _listing(path: Path) -> list[Mapping[str, Any]]:
    """The files of a folder; none where the listing is missing or not what its hash says."""
    try:
        if md5(path) != (path.parent.name + path.name).removesuffix(".dir"):
            return []
        return list(json.loads(path.read_text()))
    except (OSError, ValueError):
        return []


def differ_in_one_byte(one: Path, other: Path) -> bool:
    """Whether two files differ in the value of one byte only: no editor does that, a failing disk does."""
    first, second = one.read_bytes(), other.read_bytes()
    return len(first) == len(second) and sum(a != b for a, b in zip(first, second, strict=True)) == 1
