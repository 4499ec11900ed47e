"""Signals of which only the noisy recording is known: some samples are hidden, and are the targets.

An estimate of a sample that does not see it is as far from its noisy value as from the truth, but for the
noise: E(f − y)² = E(f − x)² + σ², if the noise has mean zero and one sample's says nothing of another's. J.
Batson and L. Royer, "Noise2Self: Blind Denoising by Self-Supervision", ICML 2019.
"""

from __future__ import annotations

import numpy as np

from tidemark.core.store import Array

EVERY = 8
"""Of so many samples one is hidden: few enough that the others show the signal."""


def once(noisy: Array, random: np.random.Generator) -> dict[str, Array]:
    """Each signal once, with every so-manieth sample hidden, from a random one on.

    `noisy` is (signals, channels, length), NaN where missing. Returns the input `noisy`, NaN where hidden as
    well, the target `clean`, the noisy values that are hidden and NaN elsewhere, both of that shape, and
    `window`, (signals,): number of the signal.
    """
    return _hidden(noisy, random.integers(EVERY, size=len(noisy)), np.arange(len(noisy)))


def throughout(noisy: Array) -> dict[str, Array]:
    """The same with each signal so many times that every sample is hidden in one of them.

    All signals with the first sample hidden, then all with the second one, and so on.
    """
    first, window = np.divmod(np.arange(EVERY * len(noisy)), len(noisy))
    return _hidden(noisy[window], first, window)


def _hidden(noisy: Array, first: Array, window: Array) -> dict[str, Array]:
    hides = np.arange(noisy.shape[-1]) % EVERY == first[:, None, None]
    return {
        "noisy": np.where(hides, np.nan, noisy),
        "clean": np.where(hides, noisy, np.nan),
        "window": window,
    }
