"""Files of a study, written as CAPTURE-24 writes them."""

import gzip
from pathlib import Path

import numpy as np

from tidemark.classify.studies.dictionary import read_dictionary
from tidemark.classify.studies.entry import StudyEntry

START = np.datetime64("2016-11-13T02:18:00", "ns")
DICTIONARY = """annotation,label:Few,label:Many
sleeping,rest,sleep
sitting,rest,sit
walking,move,walk
standing,,stand
"""


def times(count, rate=100.0):
    """(count,) int64 nanoseconds from START on."""
    return START.astype(np.int64) + np.rint(np.arange(count) * 1e9 / rate).astype(np.int64)


def text_of(time, values, annotation, digits=6):
    """A file's text; values (rows, 3), NaN is left empty."""
    lines = ["time,x,y,z,annotation"]
    for now, row, what in zip(np.asarray(time).astype("datetime64[ns]"), values, annotation, strict=True):
        shown = str(now.astype("datetime64[us]")).replace("T", " ")
        cells = ["" if np.isnan(value) else f"{value:.{digits}f}" for value in row]
        lines.append(",".join([shown, *cells, what]))
    return "\n".join(lines) + "\n"


def at_rest(count, seed=0):
    """(count, 3) acceleration in g of a sensor that hardly moves."""
    return np.array([0.6, -0.64, 0.48]) + np.random.default_rng(seed).normal(0, 0.01, (count, 3))


def write(path: Path, text: str) -> Path:
    """Write a file, compressed if it is called .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)
    return path


def write_dictionary(folder: Path) -> Path:
    """Write the dictionary into a study's folder."""
    return write(folder / "annotation-label-dictionary.csv", DICTIONARY)


def dictionary(folder: Path, scheme="Many"):
    """The dictionary, read."""
    return read_dictionary(write_dictionary(folder), scheme)


def write_participant(folder: Path, name: str, count=1000, rate=100.0, seed=0, annotation="walking"):
    """A participant's file of `count` rows, all with the same annotation."""
    return write(
        folder / f"{name}.csv.gz", text_of(times(count, rate), at_rest(count, seed), [annotation] * count)
    )


def entry(**changes):
    """A study of windows of two seconds at 100 Hz."""
    given = {
        "folder": "data/recorded/x",
        "labels": "Many",
        "window": 2,
        "split": {"test": ["P001"]},
        "spectrogram": {"length": 40, "hop": 20},
    }
    return StudyEntry.model_validate({**given, **changes})
