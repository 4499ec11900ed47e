"""Parameters of a network, module by module."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

OWN = "(itself)"
"""Stands for parameters that a network holds in no module."""


def parameters_by_module(network: nn.Module) -> Iterator[tuple[str, str, int]]:
    """Name, kind and number of parameters of each module that a network consists of, in its order.

    Modules without parameters are left out; what the network holds itself comes last. A parameter that two
    modules share is counted with the first: the numbers add up to those of the network.
    """
    seen: set[int] = set()

    def count(parameters: Iterator[nn.Parameter]) -> int:
        new = {id(each): each.numel() for each in parameters if id(each) not in seen}
        seen.update(new)
        return sum(new.values())

    for name, module in network.named_children():
        if number := count(module.parameters()):
            yield name, type(module).__name__, number
    if number := count(network.parameters(recurse=False)):
        yield OWN, type(network).__name__, number
