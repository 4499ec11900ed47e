"""What training needs of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tidemark.core.errors import InputError
from tidemark.core.store import Array, DatasetInfo, Split

if TYPE_CHECKING:
    from torch import Tensor

    from tidemark.core.calibration import Calibrating

Loss = Callable[["Tensor", "Tensor"], "Tensor"]
"""From predictions and targets of a batch to a scalar."""


@dataclass(frozen=True)
class Learning:
    """What training needs of a task; in `learning.py`."""

    input: str
    target: str
    """Names of the arrays that a network is given, and that it is to predict."""
    losses: Sequence[str]
    """Names of the losses that an entry may choose."""
    loss: Callable[[str, Split, DatasetInfo], Loss]
    """From a loss's name, the training split and its description to the loss."""
    inputs: Callable[[Split], Array]
    """What a network sees of a split, float32 without NaN where the network cannot take them."""
    shape: Callable[[DatasetInfo], Sequence[object]]
    """What a network's constructor takes after its hyperparameters."""
    pictured: Callable[[Split], Mapping[str, Array]]
    """Of the first validation signal, the arrays that the animation of training shows beside predictions."""
    streams: bool = False
    """Whether stored inputs need no preparation, so that they can be read batch by batch."""
    with_history: Callable[[Split, int], Array] | None = None
    """The same for a network with a `Network.history` of so many samples, with NaN; none has no history."""
    score: Callable[[Tensor, Tensor], float] | None = None
    """Of validation predictions and targets, recorded beside the loss …"""
    score_name: str = ""
    """… under this name."""
    calibrating: Calibrating | None = None
    """How a trained model comes to say what its inputs were like, and how sure it is; none if it does not."""

    def seen(self, split: Split, history: int) -> Array:
        """What a network sees of a split, that of a `Network.history` of so many samples.

        Raises `InputError` where the task has no history to give.
        """
        if not history:
            return self.inputs(split)
        if self.with_history is None:
            raise InputError(
                f"a network with a history of {history} samples: {self.input!r} has none before it; "
                "choose hyperparameters without"
            )
        return self.with_history(split, history)

    def check_loss(self, name: str, where: str) -> None:
        """Raise `InputError`, naming the entry's place `where`, unless a loss has that name."""
        if name not in self.losses:
            raise InputError(
                f"{where}.training.loss = {name!r}: not a loss of this task; "
                f"expected {' or '.join(self.losses)}"
            )
