"""Reading a participant's file and cutting it into windows, against plain references; one core.

- Windowing: an hour at 100 Hz, rows in memory, windows of 10 s; the reference is a loop over pandas' `resample`,
  written from the published rule: length, missing values, most frequent annotation.
- Reading: half an hour in a `.csv.gz` that is written as CAPTURE-24's files are, in steps of 1/64 g;
  the reference is `pandas.read_csv` with its default engine, times parsed.
- Memory: the peak of a process that cuts a day of one participant, 8.64 million rows.

Run: python benchmarks/windowing.py [--smoke]
"""

import argparse
import gzip
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from tidemark.classify.studies.dictionary import Dictionary, read_dictionary
from tidemark.classify.studies.grid import on_grid
from tidemark.classify.studies.participant import cut_participant
from tidemark.classify.studies.rows import Rows, read_rows
from tidemark.classify.studies.windows import cut_windows

RATE, SECONDS = 100, 10
HOUR, DAY = 360_000, 8_640_000
ANNOTATIONS = (
    "7030 sleeping;MET 0.95",
    "home activity;miscellaneous;sitting;11580 office work;MET 1.5",
    "walking;MET 3.5",
    "",
)


def recording(rows: int) -> Rows:
    """Rows of somebody who holds a posture for a while, moves or not, and is annotated most of the time."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(500, 30_000, rows // 10_000 + 2)
    which = np.repeat(np.arange(len(lengths)), lengths)
    which = np.resize(which, rows)
    posture = rng.normal(size=(3, len(lengths))).astype(np.float32)
    posture /= np.linalg.norm(posture, axis=0)
    motion = np.where(rng.random(len(lengths)) < 0.3, 0.3, 0.008).astype(np.float32)
    noise = rng.standard_normal((3, rows), dtype=np.float32)
    values = np.round((posture[:, which] + motion[which] * noise) * 64) / 64 * np.float32(1.003)
    start = np.datetime64("2016-11-13T02:18:00", "ns").astype(np.int64)
    code = rng.integers(0, len(ANNOTATIONS), len(lengths))[which]
    return Rows(start + np.arange(rows) * 10_000_000, values, code.astype(np.int32))


def write(path: Path, rows: Rows) -> None:
    """Write a participant's file, quickly: Arrow writes text, and gzip compresses it."""
    shown = pa.array(rows.time // 1000, pa.timestamp("us")).cast(pa.string())
    thousandths = [pa.array(np.char.mod("%.6f", part)) for part in rows.values]
    annotation = pa.array(ANNOTATIONS).take(pa.array(rows.code))
    table = pa.table([shown, *thousandths, annotation], names=["time", "x", "y", "z", "annotation"])
    with gzip.open(path, "ab", compresslevel=6) as file:
        csv.write_csv(table, file, csv.WriteOptions(include_header=False, quoting_style="none"))


def dictionary(folder: Path) -> Dictionary:
    """The dictionary of the annotations, one label each."""
    path = folder / "annotation-label-dictionary.csv"
    path.write_text(
        "annotation,label:A\n" + "".join(f'"{text}",{n}\n' for n, text in enumerate(ANNOTATIONS[:3]))
    )
    return read_dictionary(path, "A")


def resample_loop(frame: pd.DataFrame, labels: dict[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Windows and labels by the published rule, window by window."""
    signal, label = [], []
    for _, window in frame.resample(f"{SECONDS}s", origin="start"):
        values = window[["x", "y", "z"]].to_numpy()
        if len(window) != SECONDS * RATE or np.isnan(values).any():
            continue
        annotation = window["annotation"]
        if annotation.isna().all():
            continue
        signal.append(values)
        label.append(labels[annotation.mode().iloc[0]])
    return np.stack(signal), np.array(label)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compare(
    name: str, plain: Callable[[], object], ours: Callable[[], object], count: int, unit: str, rounds: int
) -> None:
    """Print both rates by the medians of rounds run in turn, and their ratio."""
    ours()
    pairs = [(seconds(plain), seconds(ours)) for _ in range(rounds)]
    slow, fast = (float(np.median(column)) for column in zip(*pairs, strict=True))
    print(
        f"{name}: {count / slow:,.0f} against {count / fast:,.0f} {unit} a CPU second: {slow / fast:.1f} times"
    )


def windowing(known: Dictionary, count: int, rounds: int) -> None:
    """Print how fast `count` rows are cut into windows."""
    rows = recording(count)
    texts = np.array([*ANNOTATIONS[:3], None], dtype=object)[rows.code]
    frame = pd.DataFrame(dict(zip("xyz", rows.values, strict=True)), index=pd.DatetimeIndex(rows.time))
    frame["annotation"] = pd.Series(texts, index=frame.index, dtype="str")
    codes = np.array([known.codes.get(text, -1) for text in ANNOTATIONS], dtype=np.int32)
    ours = Rows(rows.time, rows.values, codes[rows.code])
    labels = {text: str(number) for number, text in enumerate(ANNOTATIONS[:3])}
    length = SECONDS * RATE

    def cut() -> tuple[np.ndarray, np.ndarray]:
        windows = cut_windows(on_grid(Path(), ours, RATE, "g", length), length, length, known.label)
        return windows.signal, np.array(known.classes)[windows.label]

    (signal, label), (expected, expected_label) = cut(), resample_loop(frame, labels)
    assert np.array_equal(signal.transpose(0, 2, 1), expected) and np.array_equal(label, expected_label)
    compare("windowing", lambda: resample_loop(frame, labels), cut, count // length, "windows", rounds)


def reading(folder: Path, known: Dictionary, count: int, rounds: int) -> None:
    """Print how fast a file of `count` rows is read."""
    path = folder / "P001.csv.gz"
    path.write_bytes(gzip.compress(b"time,x,y,z,annotation\n"))
    write(path, recording(count))
    compare(
        f"reading (pandas {pd.__version__})",
        lambda: pd.read_csv(path, parse_dates=["time"]),
        lambda: read_rows(path, known),
        count,
        "rows",
        rounds,
    )


def memory(folder: Path, part: int, whole: int) -> None:
    """Print the peak memory of cutting `whole` rows, the same `part` of them over and over."""
    path = folder / "P002.csv.gz"
    path.write_bytes(gzip.compress(b"time,x,y,z,annotation\n"))
    piece = recording(part)
    for start in range(0, whole, part):
        write(path, Rows(piece.time + start * 10_000_000, piece.values, piece.code))
    start = time.perf_counter()
    command = [sys.executable, __file__, "--cut", str(path)]
    process = subprocess.run(command, check=True, capture_output=True, text=True)
    print(f"{whole:,} rows: {process.stdout.strip()}, {time.perf_counter() - start:.0f} s in all")


def cut_file(path: Path) -> None:
    """Print the peak memory of this process after it has cut a participant's file."""
    known = read_dictionary(path.with_name("annotation-label-dictionary.csv"), "A")
    windows = cut_participant(path, known, length=SECONDS * RATE, rate=RATE)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{len(windows.time):,} windows, peak memory {peak / 1e9:.2f} GB")


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    parser.add_argument("--cut", type=Path, help=argparse.SUPPRESS)  # what the measured process does
    arguments = parser.parse_args()
    if arguments.cut:
        cut_file(arguments.cut)
        return
    share, rounds = (20, 1) if arguments.smoke else (1, 7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known = dictionary(folder)
        windowing(known, HOUR // share, rounds)
        reading(folder, known, HOUR // 2 // share, rounds)
        memory(folder, HOUR // 2 // share, DAY // 10 // share if arguments.smoke else DAY)


if __name__ == "__main__":
    main()
