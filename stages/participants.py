"""Cut a study's participants into labelled windows."""

from pathlib import Path

from tidemark.core import command, params
from tidemark.studies.cut import cut_study


def participants(name: str, folder: Path, windows: Path) -> None:
    """Cut every participant of study NAME, whose recordings are in FOLDER, into WINDOWS."""
    entry = params.entry_of(params.load().studies, name, "studies")
    cut_study(name, entry, folder, windows)


if __name__ == "__main__":
    command.run(participants)
