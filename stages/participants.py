"""Cut a study's participants into labelled windows."""

from pathlib import Path

from tidemark.classify.studies.cut import cut_study
from tidemark.classify.studies.entry import StudyEntry
from tidemark.core import command, params, paths


def participants(task: str, name: str) -> None:
    """Cut every participant of study NAME of TASK into labelled windows."""
    entry = params.entry(task, "studies", name, StudyEntry)
    cut_study(name, entry, Path(entry.folder), paths.windows(name))


if __name__ == "__main__":
    command.run(participants)
