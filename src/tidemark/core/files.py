"""Whether there is a file to be read, before it is opened: opening a FIFO waits for ever."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tidemark.core.errors import InputError

KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def check_file(path: Path, name: str | None = None, missing: str = "no such file; check the path") -> None:
    """Raise `InputError`, calling the file `name`, unless it is one, no folder or device, and may be read."""
    name = name or str(path)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{name}: {missing}") from None
    except (OSError, ValueError) as error:  # a name too long, or with a zero byte
        raise InputError(f"{name}: {missing} ({describe(error)})") from None
    if stat.S_ISDIR(mode):
        raise InputError(f"{name}: is a folder; name a file")
    if not stat.S_ISREG(mode):
        kind = KINDS.get(stat.S_IFMT(mode), "no file")
        raise InputError(f"{name}: is {kind}; write what comes from it into a file, and name that")
    if not os.access(path, os.R_OK):
        raise InputError(f"{name}: may not be read; change its permissions")


def describe(error: OSError | ValueError) -> str:
    """Why the system could not, in a few words."""
    reason = error.strerror if isinstance(error, OSError) else None
    return reason or " ".join(str(error).split())[:120] or type(error).__name__


def is_folder(path: Path) -> bool:
    """Whether there is a folder at a path; there is none at what can be no path."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
