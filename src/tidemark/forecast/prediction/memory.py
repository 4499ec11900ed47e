"""Arrays and tables in memory through a forecaster: the samples to come."""

from __future__ import annotations

from functools import partial

from tidemark.prediction.memory import InMemory, array_by_file, frame_by_file

MEMORY = InMemory(array_by_file, partial(frame_by_file, in_place=False), joins=True)
