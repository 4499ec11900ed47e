"""Prediction without a network against bare libraries; one core.

- NPY, WAV, CSV, a file of one column. The reference reads the whole file and writes it: NumPy, soundfile (16 bits),
  pandas (to six decimal places). It computes nothing. Against it stand
  - "moved": every sample is read, checked, given back as its own estimate, checked and written, and nothing computed;
  - "averaged": a denoiser that gives back its windows, of 200 samples every 100, which are cut, weighted, added up and
    divided in float64. Of NPY most of the time is that, so it is also held against the same averages in NumPy, which
    have the whole signal in memory.
- Forecast: a network that repeats the last value, on a CSV of 10,000 columns; the reference is `pandas.read_csv` and the
  network's own time.

CPU seconds of one process, medians of rounds run in turn.

Run: python benchmarks/streaming.py [--rounds N] [--smoke]
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from tidemark.core.store import Array, DatasetInfo
from tidemark.denoise.prediction.command import denoise_file
from tidemark.forecast.prediction.command import forecast_file
from tidemark.prediction.rewriting import rewrite_file

SAMPLES, ROWS, COLUMNS = 12_500_000, 1_000_000, 10_000
LENGTH, HORIZON = 100, 10
INFO = DatasetInfo(
    name="signals", task="denoise", generator="recorded", channels=1, length=200, sampling_rate=1.0,
    rate_unit="sample", units="", seed=0, splits={"train": 1},
)  # fmt: skip


def same(windows: Array) -> Array:
    """What a network might make of windows, in no time."""
    return windows


class Moved:
    """An estimator that computes nothing."""

    def add(self, chunk: Array) -> Iterator[Array]:
        """The samples (channels, n) themselves."""
        yield chunk

    def finish(self) -> Iterator[Array]:
        """Nothing is left."""
        return iter(())


def move_file(source: str, destination: str) -> None:
    """Read, check and write every sample of a file."""
    rewrite_file(
        INFO, lambda info, channels: Moved(), source, destination,
        ending="moved", summary="{} values missing", check=lambda source, missing, rows: None,
    )  # fmt: skip


def last(past: Array) -> Array:
    """Forecast (series, 1, horizon) of (series, 1, samples)."""
    return np.repeat(past[..., -1:], HORIZON, axis=-1)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def averaged(signal: Array, length: int) -> Array:
    """Windows every half length, added up by weight: what stays of a signal that is given back, in NumPy."""
    hop = length // 2
    windows = np.lib.stride_tricks.sliding_window_view(signal, length)[::hop].copy()
    taper = np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2
    total, weight = np.zeros((2, len(windows) + 1, hop))
    for first, part in ((0, slice(hop)), (1, slice(hop, None))):
        total[first : len(windows) + first] += windows[:, part] * taper[part]
        weight[first : len(windows) + first] += taper[part]
    return (total / weight).astype(np.float32).ravel()


def compare(
    name: str, size: float, unit: str, ours: Callable[[], object], plain: Callable[[], object], rounds: int
) -> None:
    """Print both rates by the medians of rounds run in turn, and their ratio."""
    ours()
    pairs = [(seconds(ours), seconds(plain)) for _ in range(rounds)]
    own, bare = (float(np.median(column)) for column in zip(*pairs, strict=True))
    print(
        f"{name}: {size / own:,.3g} against {size / bare:,.3g} {unit} a CPU second: "
        f"{own / bare:.2f} times the time",
        flush=True,
    )


def streaming(folder: Path, share: int, rounds: int) -> None:
    """Print how fast a file of each kind is read and written."""
    signal = np.clip(np.random.default_rng(0).standard_normal(SAMPLES // share) / 10, -1, 1)
    array, sound, table = (folder / f"signal.{kind}" for kind in ("npy", "wav", "csv"))
    np.save(array, signal.astype(np.float32))
    soundfile.write(sound, signal, 8000, "PCM_16")
    pd.DataFrame({"value": signal[: ROWS // share]}).to_csv(table, index=False, float_format="%.6f")
    new = {path: path.with_stem("new") for path in (array, sound, table)}

    def bare_sound() -> None:
        samples, rate = soundfile.read(sound)
        soundfile.write(new[sound], samples, rate, "PCM_16")

    references: dict[Path, Callable[[], object]] = {
        array: lambda: np.save(new[array], np.load(array)),
        sound: bare_sound,
        table: lambda: pd.read_csv(table).to_csv(new[table], index=False, float_format="%.6f"),
    }

    def in_numpy() -> None:
        np.save(new[array], averaged(np.load(array), INFO.length))

    names = {array: "NPY, float32", sound: "WAV, 16 bits", table: "CSV"}
    for path, plain in references.items():
        own, size = (str(path), str(path.with_stem("denoised"))), path.stat().st_size / 1e6
        ways = {
            "moved": partial(move_file, *own),
            "averaged": partial(denoise_file, INFO, same, *own),
            "averaged, causal": partial(denoise_file, INFO, same, *own, causal=True),
        }
        for way, work in ways.items():
            compare(f"{names[path]}, {way}", size, "MB", work, plain, rounds)
        if path == array:
            compare(f"{names[path]}, averaged, against NumPy", size, "MB", ways["averaged"], in_numpy, rounds)


def forecasting(folder: Path, columns: int, rounds: int) -> None:
    """Print how fast many columns are forecast, one by one for a network."""
    info = replace(INFO, task="forecast", length=LENGTH, horizon=HORIZON)
    path = folder / "wide.csv"
    values = np.random.default_rng(1).standard_normal((LENGTH, columns)).cumsum(0)
    pd.DataFrame(values, columns=[f"v{column}" for column in range(columns)]).to_csv(
        path, index=False, float_format="%.4f"
    )
    past = np.ascontiguousarray(values.T[:, None], dtype=np.float32)
    destination = str(path.with_stem("forecast"))
    compare(
        f"forecast of {columns:,} columns",
        columns,
        "columns",
        lambda: forecast_file(info, last, str(path), destination),
        lambda: (pd.read_csv(path), last(past)),
        rounds,
    )


def main() -> None:
    """Print every ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    arguments = parser.parse_args()
    share, rounds = (100, 1) if arguments.smoke else (1, arguments.rounds)
    with tempfile.TemporaryDirectory() as name:
        streaming(Path(name), share, rounds)
        forecasting(Path(name), COLUMNS // share, rounds)


if __name__ == "__main__":
    main()
