"""What wearers do: annotations in the spirit of CAPTURE-24's, their labels, and how the wrist moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Label = Literal["sleep", "sit-stand", "vehicle", "walking", "bicycling", "mixed"]
Motion = Literal["lying", "resting", "riding", "gait", "cycling", "chores"]
Direction = tuple[float, float, float]
"""Where the wrist's axes point: along the forearm to the hand, across it, and out of its back."""

SCHEMES = ("Willetts2018", "Walmsley2020", "WillettsSpecific2018")
"""Names of the label schemes, in the order of an activity's labels."""


@dataclass(frozen=True)
class Activity:
    """One annotation: its label by scheme, and what is typical of its motion."""

    annotation: str
    label: Label
    """Of Willetts2018, by which days are made up."""
    intensity: str
    """Of Walmsley2020."""
    specific: str
    """Of WillettsSpecific2018."""
    motion: Motion
    posture: Direction
    """What the three axes measure of gravity, in g; brought to length 1."""
    spread: float
    """Standard deviation by which a posture differs from that one, axis by axis."""
    hold: float
    """Mean seconds between changes of posture."""
    level: float = 1.0
    """How vigorous, as a multiple of what is usual for the motion."""
    pace: float = 1.0
    """How fast, as a multiple of the wearer's usual steps, pedalling or hand movements."""

    @property
    def labels(self) -> tuple[str, str, str]:
        """By scheme, in the order of `SCHEMES`."""
        return self.label, self.intensity, self.specific


# fmt: off
ACTIVITIES: Sequence[Activity] = (
    Activity("7030 sleeping;MET 0.95", "sleep", "sleep", "sleep",
             "lying", (0.1, 0.2, 0.5), 0.7, 600),
    Activity("home;nap on the sofa;7030 sleeping;MET 0.95", "sleep", "sleep", "sleep",
             "lying", (0.3, 0.1, 0.6), 0.5, 420, 1.1),
    Activity("home;reading in a chair;9030 sitting and reading;MET 1.3", "sit-stand", "sedentary", "sitting",
             "resting", (0.5, 0.2, 0.6), 0.3, 60, 0.7),
    Activity("home;in front of the television;7020 sitting quietly;MET 1.3", "sit-stand", "sedentary",
             "sitting", "resting", (0.2, 0.2, 0.8), 0.4, 110, 0.45),
    Activity("office;typing at a desk;11580 sitting;MET 1.5", "sit-stand", "sedentary", "sitting",
             "resting", (-0.1, 0.1, 1.0), 0.12, 70, 1.0, 1.4),
    Activity("leisure;a meal in company;13030 eating;MET 1.5", "sit-stand", "sedentary", "sitting",
             "resting", (0.3, 0.3, 0.7), 0.3, 20, 1.3),
    Activity("home;standing at a window;9070 standing and reading;MET 1.8", "sit-stand", "light", "standing",
             "resting", (-0.7, 0.3, 0.3), 0.3, 35, 1.0),
    Activity("transport;standing in a queue;9071 standing;MET 2.0", "sit-stand", "light", "standing",
             "resting", (-0.9, 0.1, 0.2), 0.2, 30, 1.1),
    Activity("transport;driving a car;16010 driving;MET 2.5", "vehicle", "light", "vehicle",
             "riding", (0.5, 0.3, 0.6), 0.2, 25, 1.0, 1.3),
    Activity("transport;passenger in a car;16015 riding;MET 1.3", "vehicle", "sedentary", "vehicle",
             "riding", (0.1, 0.2, 0.8), 0.3, 70, 0.9, 0.5),
    Activity("transport;by bus;16016 riding;MET 1.3", "vehicle", "sedentary", "vehicle",
             "riding", (0.1, 0.3, 0.7), 0.4, 50, 1.5, 0.6),
    Activity("transport;by train;16016 riding;MET 1.3", "vehicle", "sedentary", "vehicle",
             "riding", (0.2, 0.2, 0.8), 0.3, 80, 0.6, 0.5),
    Activity("leisure;a stroll;17160 walking for pleasure;MET 3.5", "walking", "moderate-vigorous", "walking",
             "gait", (-0.9, 0.1, 0.2), 0.12, 90, 0.9, 0.95),
    Activity("transport;on foot to work;17200 walking briskly;MET 4.3", "walking", "moderate-vigorous",
             "walking", "gait", (-0.9, 0.2, 0.2), 0.12, 120, 1.3, 1.1),
    Activity("office;along corridors;17151 walking slowly;MET 2.0", "walking", "light", "walking",
             "gait", (-0.7, 0.2, 0.4), 0.25, 25, 0.6, 0.85),
    Activity("transport;to work on a bicycle;1011 bicycling;MET 6.8", "bicycling", "moderate-vigorous",
             "bicycling", "cycling", (0.6, 0.1, 0.7), 0.12, 60, 1.1, 1.1),
    Activity("leisure;a ride on a bicycle;1010 bicycling;MET 4.0", "bicycling", "moderate-vigorous",
             "bicycling", "cycling", (0.5, 0.2, 0.7), 0.15, 40, 0.8, 0.9),
    Activity("home;washing dishes;5041 washing up and clearing;MET 2.5", "mixed", "light", "household-chores",
             "chores", (0.3, 0.2, 0.7), 0.35, 6, 0.7, 0.9),
    Activity("home;vacuum cleaner;5043 vacuuming;MET 3.3", "mixed", "moderate-vigorous", "household-chores",
             "chores", (-0.2, 0.5, 0.5), 0.35, 5, 1.2, 0.7),
    Activity("home;cooking;5049 preparing a meal;MET 2.5", "mixed", "light", "household-chores",
             "chores", (0.2, 0.3, 0.7), 0.4, 5, 0.8, 1.2),
    Activity("leisure;in the garden;8245 gardening;MET 3.8", "mixed", "moderate-vigorous", "manual-work",
             "chores", (-0.4, 0.3, 0.3), 0.6, 4, 1.5, 0.9),
    Activity("shop;along the shelves;5060 shopping;MET 2.3", "mixed", "light", "mixed-activity",
             "chores", (-0.3, 0.3, 0.5), 0.5, 6, 0.7, 0.8),
)
# fmt: on
