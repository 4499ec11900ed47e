"""Make a study's windows a dataset of spectrograms."""

from pathlib import Path

from tidemark.core import command, params, store
from tidemark.spectrograms import gallery as pictures
from tidemark.spectrograms.assemble import assemble, with_and_without
from tidemark.spectrograms.split import split_of


def spectrogram(name: str, windows: Path, dataset: Path, gallery: Path) -> None:
    """Write the WINDOWS of study NAME to DATASET by split, and examples of each class to GALLERY."""
    entry = params.entry_of(params.load().studies, name, "studies")
    having, lacking = with_and_without(windows)
    parts = split_of(having, entry.split, lacking, f"studies.{name}.split")
    summary = assemble(name, entry, windows, dataset, parts)
    pictures.write(gallery, store.read_info(dataset), store.read_split(dataset, "train"), summary)


if __name__ == "__main__":
    command.run(spectrogram)
