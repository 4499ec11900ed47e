"""Spectrograms, the networks that read them, and how long training waits for its batches.

1. log-spectrograms of windows of three axes (published settings) against a bare torch.stft call on the same windows;
2. a training step of batch 32 of the published and of the improved network;
3. the share of step time that the improved one, the quicker of the two, waits for batches read from memory-mapped
   files, as float16 spectrograms and as raw windows that are changed and transformed on the way.

CPU seconds for 1 and 2, medians of runs taken in turn; time that passes for 3, where batches are made in a thread of
their own. One thread for PyTorch.

Run: python benchmarks/spectrograms.py [--runs N] [--windows N] [--steps N] [--smoke]
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import torch
from torch import Tensor, nn

from tidemark.classify.augmented import Augmentation, AugmentedBatches
from tidemark.classify.models import residual_spectrogram, spectrogram_cnn
from tidemark.core.spectra import log_spectrogram
from tidemark.core.store import read_arrays, write_arrays
from tidemark.training.streaming import StreamedBatches

SAMPLES, LENGTH, HOP = 3000, 120, 48
PICTURE = (61, 61)
CLASSES, BATCH = 5, 32
CPU = torch.device("cpu")


def cpu_seconds(task: Callable[[], object]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def transforms(windows: int, runs: int) -> None:
    """Print how fast log-spectrograms are made."""
    signal = torch.randn(windows, 3, SAMPLES)
    weights = torch.hann_window(LENGTH)

    def bare() -> Tensor:
        rows = signal.view(-1, SAMPLES)
        return torch.stft(rows, LENGTH, HOP, window=weights, center=False, return_complex=True)

    def whole() -> Tensor:
        return log_spectrogram(signal, "hann", LENGTH, HOP)

    bare(), whole()
    times = [(cpu_seconds(whole), cpu_seconds(bare)) for _ in range(runs)]
    ours, theirs = (median(each) for each in zip(*times, strict=True))
    print(f"log-spectrogram  {windows / ours:6.0f} windows/s   bare torch.stft {windows / theirs:6.0f} windows/s: "
          f"{ours / theirs:.2f} times its time")  # fmt: skip


class Training:
    """A network and its optimiser."""

    def __init__(self, network: nn.Module) -> None:
        """With the published learning rate."""
        self.network = network
        self.optimizer = torch.optim.AdamW(network.parameters(), lr=3e-4, fused=True)

    def step(self, spectrogram: Tensor, label: Tensor) -> None:
        """One step on a batch."""
        self.optimizer.zero_grad()
        nn.functional.cross_entropy(self.network(spectrogram), label).backward()
        self.optimizer.step()


def networks() -> dict[str, Training]:
    torch.manual_seed(0)
    return {
        "published": Training(spectrogram_cnn.Model(spectrogram_cnn.Hyperparameters(), 3, PICTURE, CLASSES)),
        "improved": Training(
            residual_spectrogram.Model(residual_spectrogram.Hyperparameters(), 3, PICTURE, CLASSES)
        ),
    }


def steps(runs: int) -> None:
    """Print how long a training step of each network takes."""
    inputs, label = torch.randn(BATCH, 3, *PICTURE), torch.arange(BATCH) % CLASSES
    trained = networks()
    times: dict[str, list[float]] = {name: [] for name in trained}
    for _ in range(runs + 1):
        for name, training in trained.items():
            times[name].append(cpu_seconds(lambda t=training: t.step(inputs, label)))
    for name, training in trained.items():
        parameters = sum(parameter.numel() for parameter in training.network.parameters())
        print(
            f"{name:10} {parameters:9,} parameters   {1000 * median(times[name][1:]):6.1f} ms a step of {BATCH}"
        )


def waiting(windows: int, count: int) -> None:
    """Print how long training waits for its batches."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        write_arrays(Path(folder) / "train", {
            "spectrogram": rng.normal(size=(windows, 3, *PICTURE)).astype(np.float16),
            "signal": rng.normal(size=(windows, 3, SAMPLES)).astype(np.float32),
            "label": rng.integers(CLASSES, size=windows),
        })  # fmt: skip
        arrays = read_arrays(Path(folder) / "train")
        stored = {name: arrays[name] for name in ("spectrogram", "label")}
        settings = {"window": "hann", "length": LENGTH, "hop": HOP}
        change = Augmentation(rotation=30, scale=0.1, noise_std=0.01, shift=0.5)
        for name, batches in (
            ("read", StreamedBatches(stored, CPU, BATCH, 0, held=0)),
            ("raw", AugmentedBatches(arrays, settings, change, CPU, BATCH, 0, held=0)),
        ):
            training = networks()["improved"]
            batches.at(0)
            before, start = batches.waited, time.perf_counter()
            for step in range(1, count + 1):
                batch = batches.at(step)
                training.step(batch["spectrogram"], batch["label"])
            passed = time.perf_counter() - start
            print(f"{name:10} waits {100 * (batches.waited - before) / passed:5.2f} % of {count} steps' time")


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--windows", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    chosen = parser.parse_args()
    if chosen.smoke:
        chosen.runs, chosen.windows, chosen.steps = 1, 64, 2
    torch.set_num_threads(1)
    transforms(chosen.windows, chosen.runs)
    steps(chosen.runs)
    waiting(chosen.windows, chosen.steps)


if __name__ == "__main__":
    main()
