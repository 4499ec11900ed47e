"""Gravity as a wrist in changing postures measures it, and motion added to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tidemark.classify.laws.wearing.motions import Bout, Moved
from tidemark.classify.laws.wearing.waves import Floats

TURN = 2.0
"""Seconds from one posture to the next."""


def directions(rng: np.random.Generator, bout: Bout, before: NDArray[np.float64]) -> Floats:
    """Which way gravity points, posture after posture, from the direction `before` (3,) on.

    Postures are held for exponential times; returns unit vectors, (3, samples).
    """
    activity = bout.activity
    seconds = bout.samples / bout.rate
    often = int(3 * seconds / activity.hold) + 20  # far more than are needed
    starts = np.concatenate([[0], np.cumsum(rng.exponential(activity.hold, often) + TURN)])
    held = _usual(bout) + activity.spread * rng.standard_normal((often + 1, 3))
    held /= np.linalg.norm(held, axis=1, keepdims=True)
    # Each posture is reached TURN after its start, and kept until the next one's.
    knots = np.column_stack([starts, starts + TURN]).ravel()
    values = np.concatenate([before[None], np.repeat(held, 2, axis=0)[:-1]])
    time = np.arange(bout.samples) / bout.rate
    return _unit(np.stack([np.interp(time, knots, axis) for axis in values.T]).astype(np.float32))


def measured(rng: np.random.Generator, bout: Bout, gravity: Floats, moved: Moved) -> Floats:
    """Acceleration along the wrist's axes in g, (3, samples), of gravity (3, samples) and what moves it."""
    # The body's forward direction stays as it is while the wrist turns.
    usual = _usual(bout)
    across = np.cross(usual, rng.standard_normal(3))
    ahead = np.asarray(across / np.linalg.norm(across), np.float32)
    forward = _unit(ahead[:, None] - (ahead @ gravity) * gravity)
    sideways = np.cross(gravity, forward, axis=0)
    leaning = _unit(gravity + moved.tilt[0] * forward + moved.tilt[1] * sideways)
    pushed = moved.push[0] * gravity + moved.push[1] * forward + moved.push[2] * sideways
    return np.asarray(leaning + pushed, np.float32)


def _usual(bout: Bout) -> NDArray[np.float64]:
    """The middle of a wearer's postures in an activity, (3,), no unit vector."""
    usual = np.array(bout.activity.posture)
    habit = bout.wearer.habits[bout.activity.annotation]
    return np.asarray(usual / np.linalg.norm(usual) + habit)


def _unit(vectors: Floats) -> Floats:
    """Vectors (3, samples), brought to length 1."""
    return np.asarray(vectors / np.maximum(np.sqrt(np.square(vectors).sum(0)), 1e-6), np.float32)
