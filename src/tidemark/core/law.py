"""What the file of a law provides: signals drawn from it, or whole recordings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidemark.core.frozen import Frozen

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Generator:
    """What the file of a law provides."""

    law: type[Frozen]
    generate: Callable[..., Mapping[str, Tensor]]
    """(law, count, torch.Generator, device) → arrays by name, the first axis counts signals."""
    describe: Callable[[Any], Mapping[str, Any]]
    """From a law to what `DatasetInfo` says of its signals."""


@dataclass(frozen=True)
class Recorder:
    """What the file of a law of whole recordings provides."""

    law: type[Frozen]
    write: Callable[[Path, Any, int], None]
    """(folder, law, seed): write recordings into the folder, in the format of real ones."""
