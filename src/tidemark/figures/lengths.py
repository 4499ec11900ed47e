"""How long the signals of a generated dataset are, and of how many parts, as params.yaml says."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tidemark.core.errors import InputError
from tidemark.core.params import at_scale


def lengths(path: Path, scale: str) -> dict[str, int]:
    """Samples a signal by dataset, where its law gives the cycles and the samples in each at `scale`."""
    found = {}
    for name, entry in YAML(typ="safe").load(path).get("datasets", {}).items():
        with suppress(InputError):  # no size at this scale: nobody has to publish at it
            law = at_scale(entry["law"], scale)
            cycles, samples = law.get("cycles"), law.get("samples_per_cycle")
            if isinstance(cycles, int) and isinstance(samples, int):
                found[name] = cycles * samples
    return found


def ranges(values: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Both ends of what a law gives as a pair [low, high], by dataset; other values are left out."""
    return {
        name: (float(value[0]), float(value[1]))
        for name, value in values.items()
        if isinstance(value, list | tuple) and len(value) == 2
    }
