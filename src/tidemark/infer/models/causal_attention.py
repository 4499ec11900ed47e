"""The published model of pairs: points look back along a sequence of them, by position and member alone.

Positions are put on a grid and embedded, as is the member: queries and keys come from that, values from y, in
the second layer, from the first one's output. A point sees those before it, never its own value. Scores go
through a ReLU before the softmax. Two layers with residuals and layer norm, then dense ones (Nirv,
"attention", github.com/oremnirv/attention). Weights depend on no value: they are computed once for all paths.

Published, it is trained on the true values before each point alone: it learns to follow the nearest of them,
and is at a loss where there are none, after what is given. Hyperparameters change one thing each of what may
cause that; by default all is as published.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import torch
from pydantic import model_validator
from torch import Tensor, nn
from torch.nn import functional

from tidemark.core.frozen import Count, Frozen, Positive, Share
from tidemark.core.network import Architecture
from tidemark.infer.learning import InferNetwork


class Hyperparameters(Frozen):
    """Sizes; the published ones are 256 or 512, 1 or 32 heads, and dense layers 256, 256, 64, 32."""

    embedding: Count = 256
    heads: Count = 1
    dense: tuple[Count, Count, Count] = (256, 64, 32)
    """Units of the dense layers, of which there are two of the first size."""
    dropout: Share = 0.1
    range: tuple[float, float] = (5.0, 15.0)
    """Positions of the grid; one outside is taken for the nearest end."""
    step: Positive = 0.1
    alone: Share = 0.0
    """Share of training signals whose points are predicted from the context alone, no true values before."""
    positions: Literal["random", "waves"] = "random"
    """How the grid's embeddings begin: at random, or as waves, alike where positions are near."""
    differences: bool = False
    """Whether values are handed on less the other member's, interpolated between those given."""
    rectified: bool = True
    """Whether scores go through a ReLU: if so, no point can be looked at less than one that is irrelevant."""
    normalised: bool = True
    """Whether states are normalised after each layer, which takes the size out of what was looked up."""

    @model_validator(mode="after")
    def _consistent(self) -> Hyperparameters:
        if self.embedding % self.heads:
            raise ValueError(f"embedding {self.embedding} is no multiple of {self.heads} heads; fix one")
        if self.range[0] >= self.range[1]:
            raise ValueError(f"range {list(self.range)} runs downwards; write the smaller position first")
        return self


class Model(InferNetwork):
    """Two layers that look back, and dense ones."""

    causal = True
    teacher_forcing = True
    validates_with_targets = True

    def __init__(self, hyperparameters: Hyperparameters, members: int, length: int) -> None:
        """For so many members; signals may have any number of points."""
        super().__init__()
        h = self.h = hyperparameters
        self.validates_with_targets = not h.alone
        self.position = nn.Embedding(round((h.range[1] - h.range[0]) / h.step) + 1, h.embedding)
        if h.positions == "waves":
            with torch.no_grad():
                self.position.weight.copy_(_waves(self.position.num_embeddings, h))
        self.member = nn.Embedding(members, h.embedding)
        self.value = nn.Linear(1, h.embedding)
        self.first = Layer(h)
        self.second = Layer(h)
        sizes = [h.embedding, h.dense[0], *h.dense]
        dense = [
            nn.Sequential(nn.Linear(size, after), nn.LeakyReLU(), nn.Dropout(h.dropout))
            for size, after in pairwise(sizes)
        ]
        self.dense = nn.Sequential(*dense, nn.Linear(h.dense[-1], 2))

    def forward(self, context: Tensor, target: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:
        """Mean and std of each point by itself, (batch, 2, points), from `context` (batch, 3, points).

        With the `target` (batch, 1, points), while training, from the true values before it, but for a share
        `alone` of signals; and the target.
        """
        if target is not None:
            hidden = torch.rand(len(target), 1, 1, device=target.device) < self.h.alone * self.training
            return self.sequential(context, target.masked_fill(hidden, math.nan)), target
        return self._looking(context, context[:, 2])

    def sequential(self, context: Tensor, target: Tensor) -> Tensor:
        """Mean and standard deviation from the true values before as well: (batch, 2, points)."""
        value = context[:, 2]
        return self._looking(context, torch.where(value.isnan(), target[:, 0], value))

    def paths(self, context: Tensor, noise: Tensor) -> Tensor:
        """Values predicted one by one and taken for true, (batch, paths, points).

        Each is its mean plus so many standard deviations as `noise` (batch, paths, points) says.
        """
        embedded = self._embedded(context)
        count, points = noise.shape[1:]
        before = _before(points, context.device)
        weights = [layer.weights(embedded, before[None]) for layer in (self.first, self.second)]
        known = ~context[:, 2].isnan()
        level = self._level(context)
        value = (context[:, 2] - level).nan_to_num()[:, None].expand(-1, count, -1).contiguous()
        start = int(known.sum(1).min())
        # What is given comes first: as far as all signals have it there is nothing to feed back.
        selected = [self.first.values(self._valued(value))]  # (batch, paths, points, embedding)
        result = self.first(
            embedded[:, None, :start], weights[0][:, None, :, :start, :start], selected[0][:, :, :start]
        )
        selected.append(selected[0].new_zeros(selected[0].shape))
        selected[1][:, :, :start] = self.second.values(self._valued(value[..., :start]) + result)
        for t in range(start, points):
            place, past = slice(t, t + 1), slice(0, t)
            result = self.first(
                embedded[:, None, place], weights[0][:, None, :, place, past], selected[0][:, :, past]
            )
            last = self.second(result, weights[1][:, None, :, place, past], selected[1][:, :, past])
            mean, std = _law(self.dense(last[:, :, 0])).unbind(-1)
            value[..., t] = torch.where(known[:, None, t], value[..., t], mean + std * noise[..., t])
            valued = self._valued(value[..., place])
            selected[0][:, :, place] = self.first.values(valued)
            selected[1][:, :, place] = self.second.values(valued + result)
        return torch.where(known[:, None], context[:, 2, :][:, None], value + level[:, None])

    def attention_maps(self, context: Tensor) -> dict[str, Tensor]:
        """Where points look among those before, mean over heads, by layer: (batch, points, points)."""
        embedded, before = self._embedded(context), _before(context.shape[-1], context.device)
        return {
            f"attention_layer_{number}": layer.weights(embedded, before[None]).mean(1)
            for number, layer in enumerate((self.first, self.second), 1)
        }

    def _looking(self, context: Tensor, value: Tensor) -> Tensor:
        """Mean and std of each point from those before it whose `value` (batch, points) is no NaN."""
        level = self._level(context)
        embedded, valued = self._embedded(context), self._valued((value - level).nan_to_num())
        seen = _before(value.shape[1], value.device) & ~value.isnan()[:, None]
        result = self.first(embedded, self.first.weights(embedded, seen), self.first.values(valued))
        last = self.second(result, self.second.weights(embedded, seen), self.second.values(valued + result))
        mean, std = _law(self.dense(last)).unbind(-1)
        return torch.stack([mean + level, std], 1)

    def _level(self, context: Tensor) -> Tensor:
        """What values are handed on relative to, (batch, points)."""
        return _partner(context) if self.h.differences else torch.zeros_like(context[:, 0])

    def _embedded(self, context: Tensor) -> Tensor:
        """Positions and members, (batch, points, embedding)."""
        place = ((context[:, 0] - self.h.range[0]) / self.h.step).round().long()
        place = place.clamp(0, self.position.num_embeddings - 1)
        embedded: Tensor = self.position(place) + self.member(context[:, 1].long())
        return embedded

    def _valued(self, value: Tensor) -> Tensor:
        embedded: Tensor = self.value(value[..., None])
        return embedded


class Layer(nn.Module):
    """Attention whose queries and keys are positions, with residual and layer norm."""

    def __init__(self, h: Hyperparameters) -> None:
        """All parts have the size of the embedding."""
        super().__init__()
        self.heads, self.rectified = h.heads, h.rectified
        self.query = nn.Linear(h.embedding, h.embedding)
        self.key = nn.Linear(h.embedding, h.embedding)
        self.values = nn.Linear(h.embedding, h.embedding)
        self.out = nn.Linear(h.embedding, h.embedding)
        self.norm = nn.LayerNorm(h.embedding) if h.normalised else nn.Identity()
        self.dropout = nn.Dropout(h.dropout)

    def weights(self, embedded: Tensor, seen: Tensor) -> Tensor:
        """Where each point looks, (batch, heads, points, points), of what is `seen` (batch, points, points).

        A row sums to 1, or to 0 where nothing is seen.
        """
        query, key = (self._split(each(embedded)) for each in (self.query, self.key))
        scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
        scores = functional.relu(scores) if self.rectified else scores
        scores = scores.masked_fill(~seen[:, None], -1e30)
        return torch.softmax(scores, -1) * seen.any(-1)[:, None, :, None]

    def forward(self, states: Tensor, weights: Tensor, values: Tensor) -> Tensor:
        """From `weights` (…, heads, rows, points), `values` (…, points, embedding): (…, rows, embedding)."""
        attended = (weights @ self._split(values)).transpose(-2, -3).flatten(-2)
        result: Tensor = self.norm(states + self.dropout(self.out(attended)))
        return result

    def _split(self, states: Tensor) -> Tensor:
        """(…, points, embedding) → (…, heads, points, embedding / heads)."""
        return states.view(*states.shape[:-1], self.heads, -1).transpose(-2, -3)


def _waves(count: int, h: Hyperparameters) -> Tensor:
    """Embeddings of grid cells, (count, embedding): cosines and sines, the shortest 4/3 of the unit long."""
    number = torch.linspace(0, 1.5 * math.pi, (h.embedding + 1) // 2 + 1)[1:]
    phase = h.step * torch.arange(count)[:, None] * number
    return torch.cat([phase.cos(), phase.sin()], 1)[:, : h.embedding]


def _partner(context: Tensor) -> Tensor:
    """The other member's given values at each point's position, (batch, points).

    Linear between its neighbours, held beyond the ends, 0 where nothing of it is given.
    """
    position, member, value = context.unbind(1)
    away = position[:, None] - position[:, :, None]  # from a row's point to a column's
    usable = (member[:, None] != member[:, :, None]) & ~value.isnan()[:, None]
    before = torch.where(usable & (away <= 0), away, -math.inf).max(-1)
    after = torch.where(usable & (away >= 0), away, math.inf).min(-1)
    left, right = (value.nan_to_num().gather(1, each.indices) for each in (before, after))
    share = (-before.values / (after.values - before.values)).nan_to_num()
    both = before.values.isfinite() & after.values.isfinite()
    between = left + (right - left) * torch.where(both, share, 0.0)
    held = torch.where(before.values.isfinite(), left, torch.where(after.values.isfinite(), right, 0.0))
    return torch.where(both, between, held)


def _before(points: int, device: torch.device) -> Tensor:
    """Which points come before each, (points, points)."""
    return torch.ones(points, points, dtype=torch.bool, device=device).tril(-1)


def _law(output: Tensor) -> Tensor:
    """Mean and standard deviation, the network's output being its logarithm: (…, 2)."""
    return torch.stack([output[..., 0], output[..., 1].clamp(-10, 10).exp()], -1)


ARCHITECTURE = Architecture(Hyperparameters, Model)
