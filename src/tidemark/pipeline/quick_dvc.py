"""`dvc`, with a dvc.lock that is read and written in time in proportion to what is run.

Before each stage DVC parses the whole of dvc.lock; after it, it reads it again with a parser that keeps
comments, and writes it all: seconds a stage with hundreds of stages. Here only the stage's own block
is parsed, and written anew by DVC's own writer, so that the file is the same to the byte
(tests/pipeline/test_quick_dvc.py). A dvc.lock in any other form than DVC's own is left to DVC.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tidemark.pipeline.lock_file import Stages, blocks, whole
from tidemark.pipeline.params_once import read_params_once


def updated(text: str, changed: Sequence[str]) -> str | None:
    """`text` of a dvc.lock with the blocks of some stages in place of what they had, or at its end.

    None if the text is not wholly made of such blocks.
    """
    found = blocks(text)
    if found is None:
        return None
    return whole(found | {block.partition("\n")[0].strip().removesuffix(":"): block for block in changed})


def read_blocks_once() -> None:
    """Let DVC, in this process, parse of dvc.lock what it asks for."""
    from dvc.dvcfile import Lockfile

    slow = Lockfile.load

    def load(lock: Any, **options: Any) -> Any:
        path = Path(lock.path)
        found = None
        if not options and getattr(lock.repo.fs, "protocol", None) == "local" and path.is_file():
            found = blocks(path.read_text(encoding="utf-8"))
        return slow(lock, **options) if found is None else {"schema": "2.0", "stages": Stages(found)}

    Lockfile.load = load


def main() -> int:
    """Run DVC's command line."""
    from dvc.cli import main as dvc
    from dvc.dvcfile import Lockfile
    from dvc.stage import serialize
    from dvc.utils.serialize import dumps_yaml

    slow = Lockfile.dump_stages

    def dump_stages(lock: Any, stages: Sequence[Any], **options: Any) -> None:
        path = Path(lock.path)
        before = path.read_text(encoding="utf-8") if stages and path.exists() else ""
        written = [dumps_yaml({"stages": serialize.to_lockfile(stage, **options)}) for stage in stages]
        after = updated(before, [block.removeprefix("stages:\n") for block in written])
        if after is None:
            slow(lock, stages, **options)
        elif after != before:
            path.write_text(after, encoding="utf-8")
            lock.repo.scm_context.track_file(lock.relpath)

    Lockfile.dump_stages = dump_stages
    read_params_once()
    read_blocks_once()
    status: int = dvc(sys.argv[1:])
    return status


if __name__ == "__main__":
    sys.exit(main())
