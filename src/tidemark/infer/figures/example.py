"""What a trained model infers of one signal: with as many sample paths, and as far, as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from matplotlib.figure import Figure

from tidemark.core.errors import InputError
from tidemark.core.store import Array, Split
from tidemark.infer.figures import panels
from tidemark.infer.figures.pairs import Pair, score
from tidemark.report.figures.numbers import number

if TYPE_CHECKING:  # a command draws this; the stage that draws figures needs no network
    from tidemark.core.trained import Trained
    from tidemark.infer.learning import InferNetwork

CONTEXT = "context"
COLOUR = "#0072b2"
SIZE = (7.4, 3.4)
"""Of the picture, inches."""


def figure(model: Trained, split: Split, signal: int, paths: int = 3, steps: int | None = None) -> Figure:
    """Given points, truth, means, intervals and `paths` sample paths of one signal of a split.

    With `steps`, only so many values are inferred, the first ones in the order of inference. Raises
    `InputError` for a signal that there is not, fewer than no paths, or less than one step.
    """
    count = len(split[CONTEXT])
    if not 0 <= signal < count:
        raise InputError(f"--signal {signal}: the test set has signals 0 to {count - 1}")
    if paths < 0 or (steps is not None and steps < 1):
        raise InputError(f"--paths {paths}, --steps {steps}: expected 0 or more paths, and at least 1 step")
    pair = inferred(model, split, signal, paths, steps)
    result = Figure(figsize=SIZE)
    axes = result.add_axes((0.08, 0.14, 0.9, 0.68))
    panels.draw_pair(axes, pair, COLOUR, panels.heights([pair]))
    axes.set_xlim(panels.widths(pair.position))
    axes.grid(axis="y")
    axes.set_xlabel("position x")
    axes.set_ylabel("value y")
    words = f"{model.info.name}: signal {signal}, {int(pair.inferred.sum())} values, CRPS"
    axes.set_title(f"{words} {number(score(pair), 3)}", fontsize=9, loc="left")
    panels.legend(result, [pair], COLOUR)
    return result


def inferred(model: Trained, split: Split, signal: int, paths: int, steps: int | None) -> Pair:
    """One signal as the model infers it; values beyond the first `steps` are left out."""
    context, target = (np.array(split[name][signal], dtype=np.float32) for name in (CONTEXT, "target"))
    asked = np.isnan(context[2])
    kept = ~asked | (np.cumsum(asked) <= (steps or len(asked)))
    context, target = context[:, kept], target[:, kept]
    known = torch.from_numpy(context)[None].to(model.device)
    stream = torch.Generator().manual_seed(0)
    noise = torch.randn(1, paths, context.shape[1], generator=stream).to(model.device)
    network = cast("InferNetwork", model.network)  # as all of this task
    with torch.inference_mode():
        law = network(known)[0].float().cpu().numpy()
        drawn = network.paths(known, noise)[0].float().cpu().numpy() if paths else law[:0]
    position, member, value = context
    given = ~np.isnan(value)

    def shown(rows: Array) -> Array:
        return np.where(given, np.nan, rows)

    return Pair("", position, member, value, target[0], shown(law[0]), shown(law[1]), shown(drawn))
