"""Drawing 10,000 sine signals: whole batches against a loop over signals, one thread each.

Run: python benchmarks/generation.py
"""

import math
import random
import time
from collections.abc import Callable

import numpy as np
import torch

from tidemark.signals import sine

COUNT = 10_000
ROUNDS = 7


def signal_by_signal() -> tuple[np.ndarray, np.ndarray]:
    """The law written out for one signal at a time."""
    noisy, clean = np.zeros((COUNT, 100)), np.zeros((COUNT, 100))
    time_axis = np.arange(100)
    for row in range(COUNT):
        offset = random.randint(0, 100)
        clean[row] = np.sin(2 * math.pi * (time_axis + offset) / 60)
        noisy[row] = clean[row] + np.random.uniform(-0.35, 0.35, 100)
    return noisy, clean


def whole_batch() -> None:
    """The package's generator."""
    sine.generate(sine.Law(), COUNT, torch.Generator().manual_seed(0))


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print both times and their ratio, the median of rounds run in turn."""
    torch.set_num_threads(1)
    whole_batch()
    pairs = [(seconds(signal_by_signal), seconds(whole_batch)) for _ in range(ROUNDS)]
    slow, fast = (float(np.median(column)) for column in zip(*pairs, strict=True))
    ratio = float(np.median([a / b for a, b in pairs]))
    print(f"loop over signals {1e3 * slow:.1f} ms, whole batch {1e3 * fast:.1f} ms: {ratio:.1f} times faster")


if __name__ == "__main__":
    main()
