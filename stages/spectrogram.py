"""Make a study's windows a dataset of spectrograms."""

from tidemark.classify.spectrograms import gallery
from tidemark.classify.spectrograms.assemble import assemble, with_and_without
from tidemark.classify.spectrograms.split import split_of
from tidemark.classify.studies.entry import StudyEntry
from tidemark.core import command, params, paths
from tidemark.core.store import read_info, read_split


def spectrogram(task: str, name: str) -> None:
    """Write the windows of study NAME of TASK as a dataset, and examples of each class to its gallery."""
    entry = params.entry(task, "studies", name, StudyEntry)
    dataset, windows = paths.dataset(name), paths.windows(name)
    having, lacking = with_and_without(windows)
    parts = split_of(having, entry.split, lacking, f"{params.where(task, 'studies', name)}.split")
    summary = assemble(name, entry, windows, dataset, parts)
    folder = paths.details(task, name) / "gallery"
    gallery.write(folder, read_info(dataset), read_split(dataset, "train"), summary)


if __name__ == "__main__":
    command.run(spectrogram)
