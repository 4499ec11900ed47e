"""DVC's databases of what it knows of a pipeline's files, outside of its folder: broken ones give way.

They only save it time. DVC itself ends with a traceback where one is no database any more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from tidemark.pipeline.locks import is_other, set_aside


def put_right(root: Path, repair: bool) -> Iterator[str]:
    """Put broken databases aside; a line for each."""
    if (folder := _folder(root)) is None:
        return
    for path in sorted(folder.rglob("*.db")):
        if not _is_sound(path):
            if repair:
                for each in path.parent.glob(f"{path.name}*"):  # with what SQLite writes beside it
                    set_aside(root, Path("site") / each.relative_to(folder), each)
            yield f"{path}: DVC's database is broken: {'put aside' if repair else 'DVC stops at it'}"


def cannot_be_used(root: Path, error: sqlite3.Error) -> str:
    """One line of what SQLite said of one of them, and what to do."""
    return (
        f"{_folder(root)}: DVC cannot use its databases there ({error}); free some space, or let "
        "DVC_SITE_CACHE_DIR name another folder"
    )


def _folder(root: Path) -> Path | None:
    """Where DVC has them; none where it cannot say. Its `Repo` cannot be made, since that opens them."""
    from dvc.exceptions import DvcException
    from dvc.fs import LocalFileSystem
    from dvc.repo import Repo

    repo = Repo.__new__(Repo)
    repo.root_dir, repo.dvc_dir = str(root), str(root / ".dvc")
    repo._fs = LocalFileSystem()
    repo._config = repo._remote = repo._remote_config = None
    with suppress(DvcException, OSError, AttributeError):
        return Path(repo.site_cache_dir)
    return None


def _is_sound(path: Path) -> bool:
    """Whether SQLite can read a database to its end; one that may not be read, or is busy, is not broken."""
    if is_other(path):
        return False
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False
