"""Drawing signals: whole batches against a loop over signals, one thread each.

10,000 signals of the sine law; 2,500 of the lincomb law at its published size, pure and pseudo
periodic; 10,000 of the harmonics law without noise, of 3 to 6 components and of 3 to 44. The loops do per
signal what the law says, in NumPy, all samples of a signal at once. And 1,000 pairs of 200 points a member that
share a Gaussian process, but neither offsets nor noise: the loop, over a fiftieth of them, draws each with
scikit-learn's `GaussianProcessRegressor.sample_y`, and counts 50 times.

Run: python benchmarks/generation.py [--smoke]
"""

import argparse
import math
import random
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from threadpoolctl import threadpool_limits

from tidemark.denoise.laws import lincomb, sine
from tidemark.forecast.laws import harmonics
from tidemark.infer.laws import gaussian_process

SINES, COMBINATIONS, SUMS, PAIRS = 10_000, 2_500, 10_000, 1_000
FIFTIETH = 50
FREQUENCIES = (1, 5, 10, 15, 20, 30)
POWERS = (1.3, 0.8, 1.2, 1.1, 0.7, 0.85)


def sine_by_sine(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The sine law written out for one signal at a time."""
    noisy, clean = np.zeros((count, 100)), np.zeros((count, 100))
    time_axis = np.arange(100)
    for row in range(count):
        offset = random.randint(0, 100)
        clean[row] = np.sin(2 * math.pi * (time_axis + offset) / 60)
        noisy[row] = clean[row] + np.random.uniform(-0.35, 0.35, 100)
    return noisy, clean


def all_sines(count: int) -> None:
    """The package's generator."""
    sine.generate(sine.Law(), count, torch.Generator().manual_seed(0))


def combination_by_combination(count: int, powers: tuple[float, ...] | None) -> tuple[np.ndarray, np.ndarray]:
    """The lincomb law written out for one signal at a time."""
    rng = np.random.default_rng(0)
    axis = np.linspace(0, 8 * math.pi, 1024)
    noisy, clean = np.empty((count, 1024)), np.empty((count, 1024))
    for row in range(count):
        x = axis + rng.uniform(-10, 10)
        coefficients = rng.uniform(-1, 1, len(FREQUENCIES))
        coefficients[np.abs(coefficients) < 0.01] = 0
        signal = np.zeros(1024)
        if powers is None:
            for alpha, frequency in zip(coefficients, FREQUENCIES, strict=True):
                signal += alpha * np.sin(frequency * x)
        else:
            x = np.abs(x)
            for alpha, frequency, power in zip(coefficients, FREQUENCIES, powers, strict=True):
                signal += alpha * np.sin(frequency * x**power)
        signal -= signal.min()
        signal /= signal.max() + 1e-5
        clean[row] = signal
        noisy[row] = signal + rng.normal(0, 0.1, 1024)
    return noisy, clean


def all_combinations(count: int, powers: tuple[float, ...] | None) -> None:
    """The package's generator."""
    functions = [
        lincomb.Function(frequency=frequency, power=None if powers is None else powers[i])
        for i, frequency in enumerate(FREQUENCIES)
    ]
    law = lincomb.Law(functions=functions)
    lincomb.generate(law, count, torch.Generator().manual_seed(0))


def sum_by_sum(count: int, law: harmonics.Law) -> tuple[np.ndarray, np.ndarray]:
    """The harmonics law written out for one signal at a time."""
    rng = np.random.default_rng(0)
    time_axis = np.arange(law.lookback + law.horizon)
    whole = np.empty((count, len(time_axis)))
    for row in range(count):
        number = rng.integers(law.components[0], law.components[1] + 1)
        periods = rng.integers(law.period[0], law.period[1] + 1, number)
        phases = rng.random(number) * 2 * math.pi
        amplitudes = rng.random(number)
        amplitudes /= amplitudes.sum()
        signal = np.zeros(len(time_axis))
        for amplitude, period, phase in zip(amplitudes, periods, phases, strict=True):
            signal += amplitude * np.sin(2 * math.pi / period * time_axis + phase)
        whole[row] = signal / np.abs(signal).max()
    return whole[:, : law.lookback], whole[:, law.lookback :]


def all_sums(count: int, law: harmonics.Law) -> None:
    """The package's generator."""
    harmonics.generate(law, count, torch.Generator().manual_seed(0))


def pair_by_pair(count: int) -> list[np.ndarray]:
    """The pairs law drawn by scikit-learn, one pair at a time, of a fiftieth of the pairs."""
    rng = np.random.default_rng(0)
    values = []
    for row in range(max(1, count // FIFTIETH)):
        position = np.sort(rng.uniform(5, 15, (2, 200))).reshape(-1, 1)
        shared = GaussianProcessRegressor(RBF(1.0)).sample_y(position, random_state=row)[:, 0]
        values.append(shared + np.repeat(rng.normal(0, 2, 2), 200) + rng.normal(0, 0.05, 400))
    return values


def all_pairs(count: int) -> None:
    """The package's generator."""
    law = gaussian_process.Law(noise_std=0.05)
    gaussian_process.generate(law, count, torch.Generator().manual_seed(0))


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compare(
    name: str, loop: Callable[[], object], batch: Callable[[], object], rounds: int, times: int = 1
) -> None:
    """Print both medians of rounds run in turn, the loop's counted so many `times`, and their ratio."""
    batch()
    pairs = [(times * seconds(loop), seconds(batch)) for _ in range(rounds)]
    slow, fast = (float(np.median(column)) for column in zip(*pairs, strict=True))
    print(
        f"{name}: loop {1e3 * slow:.1f} ms, whole batch {1e3 * fast:.1f} ms: {slow / fast:.1f} times faster"
    )


def main() -> None:
    """Print a row for every law."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true", help="the smallest size, in seconds")
    smoke = parser.parse_args().smoke
    share, rounds = (100, 1) if smoke else (1, 7)
    torch.set_num_threads(1)
    count = SINES // share
    compare("sine", partial(sine_by_sine, count), partial(all_sines, count), rounds)
    count = COMBINATIONS // share
    for name, powers in [("lincomb, pure", None), ("lincomb, pseudo", POWERS)]:
        loop, batch = (partial(way, count, powers) for way in (combination_by_combination, all_combinations))
        compare(name, loop, batch, rounds)
    count = SUMS // share
    few, many = harmonics.Law(), harmonics.Law(components=(3, 44), period=(10, 99), horizon=10)
    for name, law in [("harmonics", few), ("harmonics, rich", many)]:
        compare(name, partial(sum_by_sum, count, law), partial(all_sums, count, law), rounds)
    count = max(FIFTIETH, PAIRS // share)
    with threadpool_limits(1):  # of the linear algebra that scikit-learn calls
        compare("pairs", partial(pair_by_pair, count), partial(all_pairs, count), min(3, rounds), FIFTIETH)


if __name__ == "__main__":
    main()
