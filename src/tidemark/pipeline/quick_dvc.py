"""`dvc`, with a dvc.lock that is written in time in proportion to what changed, and one look at params.yaml.

After each stage DVC reads the whole of dvc.lock with a parser that keeps comments, and writes it all
again: 5 s a stage with 110 stages. Here only the stage's own block is written anew, by DVC's own
writer, so that the file is the same to the byte (tests/pipeline/test_quick_dvc.py). A dvc.lock in
any other form than DVC's own is left to DVC.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tidemark.pipeline.params_once import read_params_once

HEAD = re.compile(r"schema: '2\.0'\nstages:\n(?=  \S)")
BLOCK = re.compile(r"^  \S.*:\n(?:   .*\n)+", re.MULTILINE)


def updated(text: str, changed: Sequence[str]) -> str | None:
    """`text` of a dvc.lock with the blocks of some stages in place of what they had, or at its end.

    None if the text is not wholly made of such blocks.
    """
    head = HEAD.match(text)
    if not head:
        return None
    blocks = {block.partition("\n")[0]: block for block in BLOCK.findall(text, head.end())}
    if head.group() + "".join(blocks.values()) != text:
        return None
    blocks |= {block.partition("\n")[0]: block for block in changed}
    return head.group() + "".join(blocks.values())


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
    status: int = dvc(sys.argv[1:])
    return status


if __name__ == "__main__":
    sys.exit(main())
