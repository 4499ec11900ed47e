"""What a layer of a network puts out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

import torch
from torch import Tensor, nn

from tidemark.core.errors import InputError


def outputs(network: nn.Module, layers: Sequence[str], context: Tensor, where: str) -> Tensor:
    """Outputs of submodules for `context` (signals, rows, points): (signals, points, features), float32.

    Features of several `layers` stand side by side. Of a layer that gives several tensors the first
    counts, of one that runs more than once its last run. Raises `InputError`, naming the key `where`,
    for a layer that is not there, does not run, or puts out another shape.
    """
    found: dict[str, object] = {}
    with ExitStack() as hooks, torch.inference_mode():
        for name in layers:
            handle = _layer(network, name, where).register_forward_hook(_keep(found, name))
            hooks.callback(handle.remove)
        network(context)
    return torch.cat([_checked(found, name, context, where) for name in layers], dim=2)


def _layer(network: nn.Module, name: str, where: str) -> nn.Module:
    layers: dict[str, nn.Module] = dict(network.named_modules())
    layers.pop("")  # the network itself
    if name not in layers:
        raise InputError(f"{where} = {name!r}: no such layer; expected one of {', '.join(layers) or 'none'}")
    return layers[name]


def _keep(found: dict[str, object], name: str) -> Callable[[nn.Module, object, object], None]:
    def hook(module: nn.Module, given: object, output: object) -> None:
        found[name] = output[0] if isinstance(output, tuple) and output else output

    return hook


def _checked(found: dict[str, object], name: str, context: Tensor, where: str) -> Tensor:
    if name not in found:
        raise InputError(
            f"{where} = {name!r}: this layer does not run by itself; choose one inside or around"
        )
    output = found[name]
    signals, _, points = context.shape
    shape = tuple(output.shape) if isinstance(output, Tensor) else type(output).__name__
    if not isinstance(output, Tensor) or output.dim() != 3 or output.shape[:2] != (signals, points):
        raise InputError(
            f"{where} = {name!r}: its output is {shape}, expected ({signals} signals, {points} points, "
            "features); choose a layer that works point by point"
        )
    return output.float().cpu()
