"""The order of a participant's activities: a semi-Markov chain with a given time for each label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tidemark.classify.laws.wearing.activities import ACTIVITIES, Label

EVENNESS = 12.0
"""Shape of the gamma distribution of a participant's share of time: larger is more alike."""
LIKELY: Mapping[tuple[Label, Label], float] = {
    ("sleep", "sit-stand"): 3,
    ("sit-stand", "sleep"): 2,
    ("sleep", "vehicle"): 0.2,
    ("sleep", "bicycling"): 0.2,
    ("vehicle", "walking"): 4,
    ("walking", "vehicle"): 3,
    ("vehicle", "bicycling"): 0.2,
    ("bicycling", "vehicle"): 0.2,
    ("bicycling", "walking"): 2,
    ("mixed", "sit-stand"): 2,
}
"""How much likelier than others some activities follow some others."""
BETWEEN: Sequence[Label] = ("walking", "sit-stand")
"""What fills the seconds between two longer activities."""
ASIDE: Mapping[Label, Sequence[Label]] = {
    "sleep": ("sit-stand",),
    "sit-stand": ("mixed", "walking"),
    "vehicle": ("sit-stand", "walking"),
    "walking": ("sit-stand", "mixed"),
    "bicycling": ("walking", "sit-stand"),
    "mixed": ("sit-stand", "walking"),
}
"""What else is done for a moment amid an activity, and goes without an annotation of its own."""
ASIDE_SECONDS = (12.0, 60.0)


class Span(NamedTuple):
    """Seconds spent on one of `ACTIVITIES`, by its number, and what the annotation will call it."""

    activity: int
    annotated: int
    seconds: float


def plan(
    rng: np.random.Generator,
    seconds: float,
    shares: Mapping[Label, float],
    minutes: Mapping[Label, float],
    asides_per_hour: float,
) -> list[Span]:
    """Draw a day of that length, with the expected shares and mean bouts in minutes of labels.

    Labels with a share are never left out; `asides_per_hour`: how often something else is done for a moment.
    """
    labels: list[Label] = [label for label, share in shares.items() if share > 0]
    drawn = np.array([shares[label] for label in labels]) * rng.gamma(EVENNESS, 1 / EVENNESS, len(labels))
    left: dict[Label, list[float]] = {}
    for label, length in zip(labels, (drawn / drawn.sum() * seconds).tolist(), strict=True):
        parts = rng.gamma(4, 1, max(1, round(length / (60 * minutes[label]))))
        left[label] = (length * parts / parts.sum()).tolist()
    spans: list[Span] = []
    now = labels[rng.integers(len(labels))]
    while any(left.values()):
        weights = np.array(
            [
                len(left[label]) * LIKELY.get((now, label), 1) * (0.05 if label == now else 1)
                for label in labels
            ]
        )
        following = labels[rng.choice(len(labels), p=weights / weights.sum())]
        length = left[following].pop()
        short = float(rng.uniform(6, 25))
        between: list[Label] = [label for label in BETWEEN if label in left]
        if spans and between and length > 3 * short and rng.random() < 0.5:
            number = _one_of(rng, between[rng.integers(len(between))])
            spans.append(Span(number, number, short))
            length -= short
        spans += _with_asides(rng, _one_of(rng, following), length, labels, asides_per_hour)
        now = following
    return spans


def _with_asides(
    rng: np.random.Generator, number: int, seconds: float, labels: Sequence[Label], per_hour: float
) -> list[Span]:
    """A bout of an activity, with other ones amid it for a moment."""
    others = [label for label in ASIDE[ACTIVITIES[number].label] if label in labels]
    often = int(rng.poisson(per_hour * seconds / 3600)) if others else 0
    often = min(often, int(seconds / (3 * ASIDE_SECONDS[1])))  # most of the bout is what it is called
    parts = rng.gamma(4, 1, often + 1)
    aside = rng.uniform(*ASIDE_SECONDS, often)
    parts *= (seconds - aside.sum()) / parts.sum()
    spans = [Span(number, number, float(parts[0]))]
    for length, rest in zip(aside.tolist(), parts[1:].tolist(), strict=True):
        other = _one_of(rng, others[rng.integers(len(others))])
        spans += [Span(other, number, length), Span(number, number, rest)]
    return spans


def _one_of(rng: np.random.Generator, label: Label) -> int:
    """The number of an activity of that label."""
    numbers = [number for number, activity in enumerate(ACTIVITIES) if activity.label == label]
    return int(rng.choice(numbers))
