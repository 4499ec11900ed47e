"""Which code is installed, in a file that the stages of a project depend on.

A checkout's stages depend on the files of the code that they run. A project has no such files: there this
file stands for all of them. `python -m tidemark.project.installed FILE` is a stage that DVC runs every time;
nothing else runs again as long as it writes the same.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tidemark.core import command, registry
from tidemark.core.names import check_names
from tidemark.core.replacing import replacing

DISTRIBUTION = "tidemark-signals"
DRAWN = Path("plots/datasets")


def installed(file: Path) -> None:
    """Write version and hash of the installed code to FILE; make the folder that the report looks into.

    DVC refuses a stage whose folder is not there, as in a project without a dataset. Raises `InputError` at
    names that lead elsewhere, so that no stage after this one runs: DVC would delete what lies there.
    """
    check_names()
    folder = file.parent / DRAWN
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitkeep").touch()
    with replacing(file) as temporary:
        temporary.write_text(said())


def said() -> str:
    """The version, and a hash of the names and contents of the package's files of code."""
    try:
        number = version(DISTRIBUTION)
    except PackageNotFoundError:  # a checkout on the path
        number = "not installed"
    return f"{DISTRIBUTION} {number}\ncode sha256 {code(registry.PACKAGE)}\n"


def code(package: Path) -> str:
    """Hash of the names and contents of a package's files of Python."""
    digest = hashlib.sha256()
    stages = (package / "stages").glob("*.py")  # in a checkout behind a link, which rglob does not follow
    for path in sorted({*package.rglob("*.py"), *stages}):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


if __name__ == "__main__":
    command.run(installed)
