"""What makes one wearer's signals unlike another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidemark.classify.laws.wearing.activities import ACTIVITIES

STEPS = (1.4, 2.4)
"""Slowest and fastest steps a second."""


@dataclass(frozen=True)
class Wearer:
    """Traits of one participant, drawn once; amplitudes in g, frequencies in Hz, angles in radians."""

    steps: float
    """Steps a second at the usual pace."""
    impact: float
    swing: float
    """Of the arm, to either side."""
    harmonics: NDArray[np.float64]
    """Amplitude of twice, three and four times the step frequency, relative to it: (3,)."""
    cadence: float
    """Pedal turns a second."""
    road: float
    """Vibration of the handlebar."""
    vehicle: float
    """Vibration of the vehicle."""
    tremor: float
    tremor_frequency: float
    restless: float
    """How often hands move, as a multiple of what is usual."""
    vigour: float
    """How strongly they move, likewise."""
    breath: float
    habits: Mapping[str, NDArray[np.float64]]
    """How the wearer's postures differ from the usual ones, (3,) by annotation."""
    mount: NDArray[np.float64]
    """Turns the wrist's axes to the device's: (3, 3)."""
    bias: NDArray[np.float64]
    """Error of calibration by axis, (3,)."""


def draw(rng: np.random.Generator, diversity: float) -> Wearer:
    """Draw a participant; a `diversity` of 0 makes all alike but for how they wear the device."""

    def about(usual: float, relative: float) -> float:
        return float(usual * np.exp(diversity * relative * rng.standard_normal()))

    return Wearer(
        steps=float(np.clip(about(1.85, 0.06), 1.5, 2.2)),
        impact=about(0.14, 0.4),
        swing=about(0.35, 0.5),
        harmonics=np.array([about(0.6, 0.4), about(0.3, 0.4), about(0.15, 0.4)]),
        cadence=about(1.2, 0.12),
        road=about(0.1, 0.35),
        vehicle=about(0.033, 0.35),
        tremor=about(0.005, 0.3),
        tremor_frequency=float(rng.uniform(8.5, 11.5)),
        restless=about(1.0, 0.4),
        vigour=about(1.0, 0.3),
        breath=float(rng.uniform(0.2, 0.3)),
        habits={activity.annotation: 0.25 * diversity * rng.standard_normal(3) for activity in ACTIVITIES},
        mount=_mount(rng),
        bias=0.01 * rng.standard_normal(3),
    )


def _mount(rng: np.random.Generator) -> NDArray[Any]:
    """A strap that may be turned round (hand side to elbow side, left to right) and slips by some 30°."""
    flip = np.diag(np.array([(1, 1, 1), (-1, -1, 1)])[rng.integers(2)])
    a, b = 0.4 * rng.standard_normal(2) * (1.0, 0.5)  # about the forearm; about the wrist's back
    about_arm = np.array([[1.0, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_back = np.array([[np.cos(b), -np.sin(b), 0], [np.sin(b), np.cos(b), 0], [0, 0, 1.0]])
    return np.asarray(flip @ about_arm @ about_back)
