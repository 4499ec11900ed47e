"""Wrist-worn accelerometers for some hours, in the format of CAPTURE-24, whose stand-in it is.

Law: a day of bouts (`wearing.day`), each with an activity's postures and motion (`wearing.posture`,
`wearing.motions`) in a wearer's own manner (`wearing.wearer`); then the device: mount, white noise, range,
resolution. Annotations come early or late or not at all, rows are missing, the device is shaken once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from tidemark.classify.laws.wearing import capture24, day, device, motions, posture, wearer
from tidemark.classify.laws.wearing.activities import ACTIVITIES, Label
from tidemark.classify.laws.wearing.motions import Bout
from tidemark.classify.laws.wearing.wearer import Wearer
from tidemark.core.frozen import Frozen, NonNegative, Positive, Share
from tidemark.core.law import Recorder

FIRST = np.datetime64("2024-03-04T00:00", "ns")
"""Midnight before the first participant's recording."""
SHARES: Mapping[Label, float] = {
    "sleep": 0.26,
    "sit-stand": 0.28,
    "vehicle": 0.12,
    "walking": 0.13,
    "bicycling": 0.09,
    "mixed": 0.12,
}
MINUTES: Mapping[Label, float] = {
    "sleep": 18,
    "sit-stand": 5,
    "vehicle": 6,
    "walking": 4,
    "bicycling": 5,
    "mixed": 4,
}


class Law(Frozen):
    """Parameters of the law."""

    participants: Annotated[int, Field(ge=1, le=999)] = 12
    hours: Positive = 2
    """Length of each recording."""
    sampling_rate: Annotated[float, Field(ge=25, le=1600)] = 100
    """Samples a second."""
    shares: Mapping[Label, Share] = SHARES
    """Expected share of time by label of Willetts2018; one that is not named is not done."""
    bout_minutes: Mapping[Label, Positive] = {}
    """Mean length of a label's bouts, where it is not the usual one."""
    diversity: NonNegative = 1
    """How much participants differ: a multiple of the usual standard deviations of their traits."""
    unlabelled: Annotated[float, Field(ge=0, le=0.9)] = 0.12
    """Share of time without an annotation, in stretches of minutes."""
    asides_per_hour: NonNegative = 3
    """How often something else is done for less than a minute amid an activity, under its annotation."""
    annotation_delay: NonNegative = 4
    """Standard deviation in seconds of when an annotation changes, from when the activity does."""
    gaps_per_hour: NonNegative = 1.5
    """Stretches of missing rows; at least one a recording, unless it is 0."""
    gap_seconds: tuple[Positive, Positive] = (10, 120)
    """Range of their lengths, drawn from uniformly on a logarithmic scale."""
    clipped_seconds: NonNegative = 3
    """Length of the stretch in which the device is shaken beyond its range."""
    noise: NonNegative = 0.006
    """Standard deviation of the sensor's noise, in g."""
    resolution: Positive = 1 / 64
    """Step between values, in g."""
    range: Positive = 8
    """Largest value either way, in g."""

    @model_validator(mode="after")
    def _consistent(self) -> Law:
        total = sum(self.shares.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"shares sum to {total:.6g}; make them sum to 1")
        done = sum(share > 0 for share in self.shares.values())
        if 60 * self.hours < done:
            raise ValueError(
                f"hours {self.hours:g} is too short for {done} activities; give each a minute at least"
            )
        if self.gap_seconds[0] > self.gap_seconds[1]:
            raise ValueError(
                f"gap_seconds range {list(self.gap_seconds)} runs downwards; write the smaller value first"
            )
        if self.resolution > self.range:
            raise ValueError(f"resolution {self.resolution:g} is larger than range {self.range:g}; fix one")
        return self


@dataclass(frozen=True)
class Timeline:
    """What is done in a recording, row by row, before any row is lost."""

    time: NDArray[np.int64]
    """Nanoseconds since 1970 on the participant's clock, (rows,)."""
    activity: NDArray[np.int8]
    """Number in `ACTIVITIES` of each bout, (bouts,)."""
    edges: NDArray[np.int64]
    """Row after the last one of each bout, (bouts,)."""
    annotated: NDArray[np.int8]
    """Number of the annotation, −1 where there is none, (rows,)."""
    kept: NDArray[np.bool_]
    """False in gaps, (rows,)."""

    @property
    def performed(self) -> NDArray[np.int8]:
        """Number of what is really done, (rows,)."""
        return np.repeat(self.activity, np.diff(self.edges, prepend=0))


@dataclass(frozen=True)
class Participant:
    """One recording, rows missing where the device had gaps."""

    name: str
    """P001, …"""
    time: NDArray[np.int64]
    """Nanoseconds since 1970 on the participant's clock, (rows,)."""
    xyz: NDArray[np.float32]
    """Acceleration in g, (rows, 3)."""
    annotated: NDArray[np.int8]
    """Number of the annotation in `ACTIVITIES`, −1 where there is none, (rows,)."""
    performed: NDArray[np.int8]
    """Number of what is really done, (rows,)."""


def generate(law: Law, seed: int) -> Iterator[Participant]:
    """Draw participants one after another: each depends on its number and the seed, not on the others."""
    for number in range(1, law.participants + 1):
        yield draw(law, seed, number)


def draw(law: Law, seed: int, number: int) -> Participant:
    """Draw the participant of that number, counted from 1."""
    when = timeline(law, seed, number)
    rng = np.random.default_rng([seed, number, 1])
    person = wearer.draw(rng, law.diversity)
    xyz = _worn(rng, law, person, when)
    allowed = when.kept & (when.annotated >= 0)
    device.shake(rng, xyz, allowed, law.sampling_rate, law.clipped_seconds, 1.6 * law.range)
    recorded = device.record(
        rng, xyz, person.mount, person.bias, law.noise, resolution=law.resolution, limit=law.range
    )
    return Participant(
        name=f"P{number:03d}",
        time=when.time[when.kept],
        xyz=recorded[when.kept],
        annotated=when.annotated[when.kept],
        performed=when.performed[when.kept],
    )


def timeline(law: Law, seed: int, number: int) -> Timeline:
    """Draw what the participant of that number does and what is written down of it, signals apart."""
    rng = np.random.default_rng([seed, number, 0])
    rows = round(3600 * law.hours * law.sampling_rate)
    minutes = {**MINUTES, **law.bout_minutes}
    spans = day.plan(rng, 3600 * law.hours, law.shares, minutes, law.asides_per_hour)
    ends = np.cumsum([span.seconds for span in spans])
    delayed = np.maximum.accumulate(ends + law.annotation_delay * rng.standard_normal(len(ends)))
    called = np.array([span.annotated for span in spans], np.int8)
    annotated = np.repeat(called, np.diff(_edges(delayed, law, rows), prepend=0))
    unlabelled = 3600 * law.hours * -np.log1p(-law.unlabelled)  # seconds in all: stretches overlap
    lengths = rng.gamma(2, 1, max(2, round(unlabelled / 150)))
    annotated[_somewhere(rng, rows, law, unlabelled * lengths / lengths.sum())] = -1
    start = FIRST + np.timedelta64(number - 1, "D") + np.timedelta64(int(rng.integers(7 * 60, 12 * 60)), "m")
    microseconds = np.rint(np.arange(rows) * (1e6 / law.sampling_rate)).astype(np.int64)
    often = max(1, int(rng.poisson(law.gaps_per_hour * law.hours))) if law.gaps_per_hour else 0
    low, high = np.log(law.gap_seconds)
    gaps = np.exp(rng.uniform(low, high, often))
    return Timeline(
        time=start.astype(np.int64) + 1000 * microseconds,
        activity=np.array([span.activity for span in spans], np.int8),
        edges=_edges(ends, law, rows),
        annotated=annotated,
        kept=~_somewhere(rng, rows, law, gaps),
    )


def write(folder: Path, law: Law, seed: int) -> None:
    """Write a study into a new folder: `P001.csv.gz`, … and the dictionary of labels."""
    folder.mkdir(parents=True)
    capture24.write_dictionary(folder / capture24.DICTIONARY)
    for participant in generate(law, seed):
        capture24.write_recording(
            folder / f"{participant.name}.csv.gz", participant.time, participant.xyz, participant.annotated
        )


def _edges(ends: NDArray[np.float64], law: Law, rows: int) -> NDArray[np.int64]:
    """Row after the last one of each bout, whose ends are in seconds; the last bout ends the recording."""
    edges = np.clip(np.rint(ends * law.sampling_rate).astype(np.int64), 0, rows)
    edges[-1] = rows
    return edges


def _worn(rng: np.random.Generator, law: Law, person: Wearer, when: Timeline) -> NDArray[np.float32]:
    """Acceleration along the wrist's axes, (3, rows), bout by bout, each from the posture before it."""
    whole = np.empty((3, len(when.time)), np.float32)
    before = np.array([0.0, 0.0, 1.0])
    start = 0
    for number, end in zip(when.activity.tolist(), when.edges.tolist(), strict=True):
        if end == start:
            continue
        bout = Bout(ACTIVITIES[number], person, end - start, law.sampling_rate)
        gravity = posture.directions(rng, bout, before)
        moved = motions.LAWS[bout.activity.motion](rng, bout)
        whole[:, start:end] = posture.measured(rng, bout, gravity, moved)
        before = gravity[:, -1].astype(np.float64)
        start = end
    return whole


def _somewhere(
    rng: np.random.Generator, rows: int, law: Law, seconds: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Stretches of those lengths anywhere in the recording: (rows,), true within one."""
    inside = np.zeros(rows, np.bool_)
    lengths = np.rint(np.minimum(seconds * law.sampling_rate, rows / 20)).astype(np.int64)
    for start, length in zip(rng.integers(0, rows, len(lengths)).tolist(), lengths.tolist(), strict=True):
        inside[start : start + length] = True
    return inside


RECORDER = Recorder(Law, write)
