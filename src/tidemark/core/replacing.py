"""The one way to write an output: whole or not at all, and nothing is lost that it was not to replace."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tidemark.core.errors import InputError

START, END = ".tidemark-", ".tmp"
"""Of the names of temporary files and folders; .dvcignore and .gitignore know them."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; what is there at the end, a file or a folder, becomes `path`.

    A file takes the place of a file, in one step and with its permissions; that behind a symbolic link too,
    unless the link leads into DVC's cache. A folder takes the place of a folder. Whatever is raised, what was
    there stays, and nothing half-written is left. Raises `InputError` where a file is to take a folder's
    place or a folder a file's, where the folder cannot be written, and where the disk is full.
    """
    target = _target(path)
    _make_folder(target.parent, path.parent)
    temporary = _beside(target)
    with _own_names(temporary, path), writes(str(path), temporary), _in_use(target.parent):
        try:
            yield temporary
            _move(temporary, target)
        finally:
            remove(temporary)


def _target(path: Path) -> Path:
    """The file that `path`, perhaps a link, leads to; objects of DVC's cache are never written to."""
    if not path.is_symlink():
        return path
    return path if is_cached(path) else Path(os.path.realpath(path))


def is_cached(path: Path) -> bool:
    """Whether a path leads, links followed, to an object of DVC's cache."""
    return [parent.name for parent in Path(os.path.realpath(path)).parents[1:3]] == ["md5", "files"]


def _beside(target: Path) -> Path:
    """A name of its own: process numbers are the same in two containers that share a folder."""
    return target.with_name(f"{START}{secrets.token_hex(8)}{END}")


def _make_folder(folder: Path, shown: Path) -> None:
    """Raise `InputError` unless the folder is there, or can be made, and may be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError
    except OSError as error:
        raise InputError(
            f"{shown}: cannot write there ({type(error).__name__}); choose a folder that you may write to"
        ) from None


def _move(temporary: Path, target: Path) -> None:
    """Put a file in the place of a file, a folder in that of a folder; raises `OSError` at anything else."""
    if not temporary.is_dir():
        if target.is_file() and not target.is_symlink():
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
        return
    if not target.is_dir():
        temporary.rename(target)
        return
    old = _beside(target)
    target.rename(old)
    try:
        temporary.rename(target)
    except BaseException:
        old.rename(target)
        raise
    remove(old)


def remove(path: Path) -> None:
    """Delete a file or a folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _own_names(temporary: Path, path: Path) -> Iterator[None]:
    """Let an error about what is written inside a temporary folder name the place where it was to be."""
    try:
        yield
    except InputError as error:
        if str(temporary) not in str(error):
            raise
        raise InputError(str(error).replace(str(temporary), str(path))) from None


@contextmanager
def writes(name: str, temporary: Path | None = None) -> Iterator[None]:
    """Turn an `OSError` into one line: what could not be written, and why.

    With a `temporary` path only if the error is about it, or names no file at all.
    """
    try:
        yield
    except OSError as error:
        file = error.filename
        if (
            temporary
            and isinstance(file, str | os.PathLike)
            and temporary not in (f := Path(file), *f.parents)
        ):
            raise
        raise InputError(cannot_be_written(name, error)) from None


def cannot_be_written(name: str, error: OSError) -> str:
    """One line of what could not be written, why, and what to do."""
    reason = error.strerror or str(error) or type(error).__name__
    advice = "free some space, or choose another place" if error.errno in FULL else "choose another place"
    return f"{name}: cannot be written ({reason}); {advice}"


@contextmanager
def _in_use(folder: Path) -> Iterator[None]:
    """Share the folder's lock while something is written there; it ends with the process, however that ends.

    Whoever gets it alone, as `tidemark doctor` tries to, knows that temporary files there are nobody's.
    """
    with folder_lock(folder, fcntl.LOCK_SH):
        yield


@contextmanager
def folder_lock(folder: Path, kind: int) -> Iterator[bool]:
    """Hold a lock on a folder, `fcntl.LOCK_SH` or `LOCK_EX`, as `flock` does; gives whether it is held.

    It is not on file systems without locks, in a folder that may not be read, and, with `LOCK_NB`, where
    another process holds one.
    """
    with ExitStack() as stack:
        held = False
        with suppress(OSError):
            number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            stack.callback(os.close, number)
            fcntl.flock(number, kind)
            held = True
        yield held
