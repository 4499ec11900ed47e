"""What a layer of a network puts out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

import torch
from torch import Tensor, nn

from tidemark.core.errors import InputError


def outputs(network: nn.Module, layers: Sequence[str], context: Tensor, where: str) -> Tensor:
    """Outputs of submodules for `context` (signals, rows, points): (signals, points, features), float32.

    Features of several `layers` stand side by side. Of a layer that gives several tensors the first
    counts, of one that runs more than once its last run. Raises `InputError`, naming the key `where`,
    for a layer that is not there, does not run, or puts out another shape.
    """
    submodules = dict(network.named_modules())
    del submodules[""]  # the network itself
    result: dict[str, object] = {}
    with ExitStack() as hooks, torch.inference_mode():
        for name in layers:
            if name not in submodules:
                expected = ", ".join(submodules) or "none"
                raise InputError(f"{where} = {name!r}: no such layer; expected one of {expected}")
            hooks.callback(submodules[name].register_forward_hook(partial(_keep, result, name)).remove)
        network(context)
    return torch.cat([_checked(result, name, context, where) for name in layers], dim=2)


def _keep(result: dict[str, object], name: str, module: nn.Module, context: object, output: object) -> None:
    result[name] = output[0] if isinstance(output, tuple) and output else output


def _checked(result: dict[str, object], name: str, context: Tensor, where: str) -> Tensor:
    if name not in result:
        raise InputError(
            f"{where} = {name!r}: this layer does not run by itself; choose one inside or around"
        )
    output = result[name]
    signals, _, points = context.shape
    shape = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
    if not isinstance(output, Tensor) or output.dim() != 3 or output.shape[:2] != (signals, points):
        raise InputError(
            f"{where} = {name!r}: its output is {shape}, expected ({signals} signals, {points} points, "
            "features); choose a layer that works point by point"
        )
    return output.float().cpu()
