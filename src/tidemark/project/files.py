"""Files that change together: all of them, or, where anything goes wrong on the way, none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tidemark.core.replacing import replacing


class Changes:
    """What has been written so far, and what was there before."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._before: dict[Path, bytes | None] = {}

    def note(self, path: Path) -> None:
        """Remember what is at a path that is about to change; nothing there is taken away again."""
        if path not in self._before:
            self._before[path] = path.read_bytes() if path.is_file() else None

    def write(self, path: Path, content: str | bytes) -> None:
        """Write a file."""
        self.note(path)
        with replacing(path) as temporary:
            temporary.write_bytes(content.encode() if isinstance(content, str) else content)

    def copy(self, path: Path, to: Path) -> None:
        """Copy a file."""
        self.note(to)
        with replacing(to) as temporary:
            shutil.copyfile(path, temporary)

    def undo(self) -> None:
        """Put everything back."""
        for path, content in self._before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)


@contextmanager
def together() -> Iterator[Changes]:
    """Changes that are undone where an exception ends them."""
    changes = Changes()
    try:
        yield changes
    except BaseException:
        changes.undo()
        raise
