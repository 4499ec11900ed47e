"""What is neither a file nor a folder where stages read and write: a FIFO, a link that leads nowhere.

DVC would read a FIFO for ever.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tidemark.pipeline.locks import is_other


def outputs(stages: Collection[Any], root: Path) -> Iterator[tuple[Path, bool]]:
    """What is no file or folder in the outputs of DVC's stages in `root`, and what is no folder above one.

    With each, whether it is a link in the place of a folder: what it led to may only not be there now.
    """
    from dvc.stage import PipelineStage

    for stage in stages:
        for out in stage.outs:
            if out.protocol == "local":
                path = Path(out.fs_path)
                yield from ((found, found.is_symlink()) for found in _above(path, root))
                if is_irregular(path) and isinstance(stage, PipelineStage):
                    yield path, path.is_symlink() and bool(out.hash_info.isdir)
                yield from ((found, False) for found in below(path))


def inputs(stages: Collection[Any]) -> Iterator[Path]:
    """What stages read and none writes, where it is not there, no file or folder, or no folder any more."""
    from dvc.dependency import ParamsDependency

    written = {Path(out.fs_path) for stage in stages for out in stage.outs}
    above = {folder for path in written for folder in path.parents}
    read: dict[Path, bool] = {}  # whether it was a folder when a stage last ran
    for dep in (dep for stage in stages for dep in stage.deps if dep.protocol == "local"):
        path, was_file = Path(dep.fs_path), isinstance(dep, ParamsDependency)
        read[path] = read.get(path, False) or (not was_file and bool(dep.hash_info and dep.hash_info.isdir))
    for path in sorted(read.keys() - written - above):
        if not written.intersection(path.parents) and not (
            path.is_dir() or (path.is_file() and not read[path])
        ):
            yield path


def is_irregular(path: Path) -> bool:
    """Whether there is something that is neither a file nor a folder, links followed."""
    return is_other(path) and not path.is_dir()


def below(folder: Path) -> Iterator[Path]:
    """What is neither a file nor a folder in a folder and those below it."""
    for each, _, files in os.walk(folder):  # what is no folder is among the files
        yield from (found for name in sorted(files) if is_irregular(found := Path(each, name)))


def _above(path: Path, root: Path) -> Iterator[Path]:
    """The outermost of what is no folder between the pipeline's folder and an output, if any is."""
    for folder in reversed(path.parents):
        if folder != root and folder.is_relative_to(root) and os.path.lexists(folder) and not folder.is_dir():
            yield folder
            return
