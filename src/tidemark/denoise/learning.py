"""Denoise, in training: a noisy signal is the input, the clean one the target."""

from __future__ import annotations

from functools import partial

from tidemark.core import series

INPUT = "noisy"
TARGET = "clean"
LEARNING = series.learning(INPUT, TARGET, series.ERRORS, lambda info: (info.channels, info.length))
inputs = LEARNING.inputs
loss = partial(series.loss, series.ERRORS)
