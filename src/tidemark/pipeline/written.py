"""Files that people write, at which DVC would stop: what a fault did to one is undone by the last commit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tidemark.core.errors import InputError
from tidemark.core.plain_yaml import mapping_of
from tidemark.pipeline.contents import are_damaged
from tidemark.pipeline.locks import IGNORED, committed, is_other, restore

CONFIG = Path(".dvc/config")
UNTRACKED = Path(".dvc/.gitignore")
"""What of DVC's Git is not to know: DVC wrote it, and nobody edits it."""
LISTS = (IGNORED, Path(".gitignore"))
"""Of which any line is a line."""
NAMES = (Path("dvc.yaml"), Path("params.yaml"))
"""In the pipeline's folder, and in those of tasks."""


def put_right(root: Path, repair: bool) -> Iterator[str]:
    """Bring those back that are no files, no text, or cannot be read and were damaged; a line for each.

    Damaged is one that differs from the last commit as a failing disk or a crash leaves it: one that was
    edited stays, and DVC says what is wrong with it. Raises `InputError` at what is no file where no commit
    has one.
    """
    for path in _changed(root):
        whole = committed(root, path)
        if is_other(root / path):
            if whole is None:
                raise InputError(f"{path}: is no file, and no commit has it; move it away, and write it anew")
            said = "is no file"
        elif not (root / path).exists():
            said = "is gone"
        elif whole is not None and _is_broken(path, root, whole):
            said = "damaged"
        else:
            continue
        yield f"{path}: {said}: {restore(root, path) if repair else 'DVC stops at it'}"


def _is_broken(path: Path, root: Path, whole: bytes) -> bool:
    """Whether there is a file that cannot be read, and that nobody edited so."""
    content = (root / path).read_bytes()
    try:
        content.decode()
    except UnicodeDecodeError:
        return True
    if path in LISTS or not are_damaged(whole, content):
        return False
    return path == UNTRACKED or not (_is_config(root / path) if path == CONFIG else _is_yaml(content))


def _is_yaml(content: bytes) -> bool:
    with suppress(InputError):
        return bool(mapping_of(content, Path()))
    return False


def _is_config(file: Path) -> bool:
    """Whether DVC can read it as settings, and there are some, as tidemark always writes."""
    from dvc.config import Config, ConfigError

    with suppress(ConfigError):
        return any(Config.validate(Config.load_file(str(file))).values())
    return False


def _changed(root: Path) -> list[Path]:
    """Such files that are not as in the last commit; all, where Git does not say."""
    paths = [path for path in _written(root) if os.path.lexists(root / path)]
    command = ["git", "diff", "--name-only", "-z", "--relative", "HEAD", "--", *map(str, {CONFIG, *paths})]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True)
    except FileNotFoundError:  # no Git
        return paths
    if done.returncode:
        return paths
    differing = {Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name}
    return sorted(differing | {path for path in paths if is_other(root / path)})


def _written(root: Path) -> Iterator[Path]:
    """Those that there may be; without the first DVC goes on as if nothing were set."""
    yield from (CONFIG, UNTRACKED, *LISTS)
    for folder in (root, *sorted(root.glob("pipelines/**"))):
        yield from (folder.relative_to(root) / name for name in NAMES)
