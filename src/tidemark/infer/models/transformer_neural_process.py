"""A transformer neural process on continuous positions: every layer corrects what is left to explain.

Points are tokens; only those with a value are looked at. Positions enter by their differences alone (Ashman
et al., "Translation equivariant transformer neural processes", 2024): a head's score is −½ (x − x′)² times a
precision that depends on the state of the point that looks, plus a term for the same member and a small one
of content: a scalar product of extended queries and keys, so that attention stays one fused operator.

Each token has a level too, its prediction so far. Heads smooth the residuals y − level, and the level goes up
by their weighted sum, layer after layer, as in boosting. An extra key holds nothing: nothing may be near.

A point is predicted from the context alone or from values before it as well (Nguyen and Grover, "Transformer
neural processes", 2022, variant A): training mixes both. Context looks at context, a later value looks back:
what has been computed of them never changes, and a path costs one row of attention a point.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from pydantic import model_validator
from torch import Tensor, nn
from torch.nn import functional

from tidemark.core.frozen import Count, Frozen, Positive
from tidemark.core.network import Architecture
from tidemark.infer.learning import InferNetwork

CONTENT = 4
"""Components of a head's query and key that stand for content."""
SMALLEST_STD = 1e-3


class Hyperparameters(Frozen):
    """Sizes, and how far heads see at first."""

    width: Count = 32
    heads: Count = 4
    layers: Count = 4
    length_scales: tuple[Positive, Positive] = (0.1, 2.0)
    """Of the heads to begin with: the shortest, the longest."""

    @model_validator(mode="after")
    def _consistent(self) -> Hyperparameters:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is no multiple of {self.heads} heads; fix one")
        if self.length_scales[0] > self.length_scales[1]:
            raise ValueError(
                f"length_scales {list(self.length_scales)} run downwards; write the shorter first"
            )
        return self


class Model(InferNetwork):
    """Layers of attention over points with a value, for points with and without."""

    causal = False
    teacher_forcing = True

    def __init__(self, hyperparameters: Hyperparameters, members: int, length: int) -> None:
        """For so many members; signals may have any number of points."""
        super().__init__()
        h = hyperparameters
        self.initial = nn.Parameter(0.1 * torch.randn(2, h.width))  # of a point without a value, and with one
        self.layers = nn.ModuleList(Layer(h, members) for _ in range(h.layers))
        last = nn.Linear(h.width, 1)
        nn.init.zeros_(last.weight)
        self.spread = nn.Sequential(nn.LayerNorm(h.width), nn.Linear(h.width, h.width), nn.GELU(), last)

    def forward(self, context: Tensor, target: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:
        """Mean and std of each point by itself, (batch, 2, points), from `context` (batch, 3, points).

        With the `target` (batch, 1, points), while training, of some points from the true values before
        them; and the target.
        """
        if target is not None:
            alone = torch.rand(1, context.shape[-1], 1, device=context.device) < 0.5
            return self._from_values(context, target, alone), target
        known = ~context[:, 2].isnan()
        tokens = Tokens.of(context)
        return self._through(
            tokens, tokens, self.initial[known.long()], known[:, None].expand(-1, known.shape[1], -1)
        )

    def sequential(self, context: Tensor, target: Tensor) -> Tensor:
        """Mean and standard deviation from the true values before as well: (batch, 2, points)."""
        return self._from_values(context, target, torch.zeros((), dtype=torch.bool, device=context.device))

    def paths(self, context: Tensor, noise: Tensor) -> Tensor:
        """Values predicted one by one and taken for true, (batch, paths, points).

        Each is its mean plus so many standard deviations as `noise` (batch, paths, points) says.
        """
        count, points = noise.shape[1:]
        known = ~context[:, 2].isnan()
        target, looking = _masks(known, ~known)
        tokens = Tokens.of(context)
        state = self.initial[known.long()]
        selected: list[tuple[Tensor, Tensor]] = []
        self._through(tokens, tokens, state, known[:, None].expand(-1, points, -1), selected)
        # From here on every path is a signal of its own, and what was computed of given points is kept.
        selected = [
            (key.repeat_interleave(count, 0), value.repeat_interleave(count, 0)) for key, value in selected
        ]
        tokens = Tokens(*(each.repeat_interleave(count, 0) for each in tokens))
        known, noise = known.repeat_interleave(count, 0), noise.flatten(0, 1)
        start = int(known.sum(1).min())
        for t in range(start, points):
            # The point before, now that it has a value, joins those that are looked at; this one looks.
            place = torch.tensor([max(t - 1, 0), t], device=context.device)
            rows, before = tokens.at(place), tokens.at(place[:1])
            seen = torch.stack([looking[:, place[0]], target[:, t]], 1).repeat_interleave(count, 0)
            state, level = self.initial[[1, 0]].expand(len(noise), -1, -1), torch.zeros_like(rows.value)
            for layer, (keys, values) in zip(self._rounds, selected, strict=True):
                own_key, own_value = layer.attended(before, state[:, :1], level[:, :1])
                keys[:, :, place[:1] + 1], values[:, :, place[:1] + 1] = own_key, own_value
                state, level = layer(rows, state, level, keys, values, seen)
            std = self._std(state[:, 1])
            drawn = level[:, 1] + std * noise[:, t]
            tokens.value[:, t] = torch.where(known[:, t], tokens.value[:, t], drawn)
        return tokens.value.view(-1, count, points)

    def _from_values(self, context: Tensor, target: Tensor, alone: Tensor) -> Tensor:
        """Predictions from what is given and, where a point is not `alone`, the true values before it."""
        known = ~context[:, 2].isnan()
        targets, looking = _masks(known, ~known & ~target[:, 0].isnan())
        targets = torch.where(alone, known[:, None], targets)
        value = torch.where(known, context[:, 2], target[:, 0]).nan_to_num()
        tokens = Tokens.of(context)._replace(value=value)
        twice = Tokens(*(torch.cat([each, each], 1) for each in tokens))
        state = self.initial[[1, 0]].repeat_interleave(known.shape[1], 0).expand(len(known), -1, -1)
        result = self._through(twice, tokens, state, torch.cat([looking, targets], 1))
        return result[:, :, known.shape[1] :]

    def _through(
        self,
        rows: Tokens,
        tokens: Tokens,
        state: Tensor,
        seen: Tensor,
        selected: list[tuple[Tensor, Tensor]] | None = None,
    ) -> Tensor:
        """Mean and standard deviation of `rows`, the first of which are the `tokens`: (batch, 2, rows).

        `state` is (batch, rows, width); `seen` (batch, rows, tokens) says what each row looks at. Keys and
        values of each layer are put into `selected`.
        """
        points, level = tokens.position.shape[1], torch.zeros_like(rows.position)
        for layer in self._rounds:
            keys, values = layer.extended(tokens, state[:, :points], level[:, :points])
            if selected is not None:
                selected.append((keys, values))
            state, level = layer(rows, state, level, keys, values, seen)
        return torch.stack([level, self._std(state)], 1)

    @property
    def _rounds(self) -> list[Layer]:
        return [layer for layer in self.layers if isinstance(layer, Layer)]

    def _std(self, state: Tensor) -> Tensor:
        std: Tensor = functional.softplus(self.spread(state)[..., 0] - 1) + SMALLEST_STD
        return std


class Tokens(NamedTuple):
    """Points: position (from the middle of their signal), member and value, (batch, points) each."""

    position: Tensor
    member: Tensor
    value: Tensor

    @classmethod
    def of(cls, context: Tensor) -> Tokens:
        """The points of `context` (batch, 3, points), 0 where there is no value."""
        position, member, value = context.unbind(1)
        return cls(position - position.mean(1, keepdim=True), member, value.nan_to_num())

    def at(self, place: Tensor) -> Tokens:
        """Some of them."""
        return Tokens(*(each[:, place] for each in self))


class Layer(nn.Module):
    """One round: look at the residuals and states of points with a value; correct level and state."""

    def __init__(self, h: Hyperparameters, members: int) -> None:
        """Heads see from the shortest to the longest way; every other one sees its own member best."""
        super().__init__()
        self.heads, self.members, self.part = h.heads, members, h.width // h.heads
        # Queries, keys and values have one length, as the fused operator wants them.
        self.length = 8 * math.ceil(max(CONTENT + 4 + members, self.part + 3) / 8)
        short, long = (-2 * math.log(scale) for scale in h.length_scales)
        self.log_precision = nn.Parameter(torch.linspace(long, short, h.heads))
        self.same = nn.Parameter(4.0 * (torch.arange(h.heads) % 2 == 0))
        self.nothing = nn.Parameter(torch.full((h.heads,), -2.0))
        self.norm = nn.LayerNorm(h.width)
        self.query = nn.Linear(h.width, h.heads * CONTENT)
        self.key = nn.Linear(h.width, h.heads * CONTENT)
        self.value = nn.Linear(h.width, h.width)
        self.precision = nn.Linear(h.width, h.heads)
        self.gain = nn.Linear(h.width, h.heads)
        for linear, bias in ((self.precision, 0.0), (self.gain, 1 / h.heads)):
            nn.init.zeros_(linear.weight)
            nn.init.constant_(linear.bias, bias)
        self.out = nn.Linear(h.width + 3 * h.heads, h.width)
        self.dense = nn.Sequential(
            nn.LayerNorm(h.width), nn.Linear(h.width, 2 * h.width), nn.GELU(), nn.Linear(2 * h.width, h.width)
        )

    def forward(
        self, rows: Tokens, state: Tensor, level: Tensor, keys: Tensor, values: Tensor, seen: Tensor
    ) -> tuple[Tensor, Tensor]:
        """New state (batch, rows, width) and level (batch, rows)."""
        normal = self.norm(state)
        queries = self._queries(rows, normal)
        mask = functional.pad(seen, (1, 0), value=True)[:, None]  # nothing can always be seen
        result = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask, scale=1.0)
        result = result.transpose(1, 2)  # (batch, rows, heads, length)
        smooth, energy, alone = result[..., self.part : self.part + 3].unbind(-1)
        level = level + (self.gain(normal) * smooth).sum(-1)
        # How much residual there is nearby, and how little is near, in logarithms.
        seen_of = [(energy.clamp(min=0) + 1e-8).log() / 4, (alone.clamp(min=0) + 1e-6).log() / 4, smooth]
        state = state + self.out(torch.cat([result[..., : self.part].flatten(-2), *seen_of], -1))
        return state + self.dense(state), level

    def _queries(self, rows: Tokens, normal: Tensor) -> Tensor:
        """(batch, heads, rows, length): −½ p (x − x′)² = −½ p x² · 1 + p x · x′ − ½ p · x′²."""
        content = self.query(normal).view(*normal.shape[:2], self.heads, CONTENT) / CONTENT**0.5
        precision = (self.log_precision + self.precision(normal)).exp()[..., None]
        position = rows.position[..., None, None]
        away = [-0.5 * precision * position.square(), precision * position, -0.5 * precision]
        same = _one_hot(rows.member, self.members)[:, :, None] * self.same[:, None]
        return self._padded([content, *away, same, torch.ones_like(precision)])

    def attended(self, tokens: Tokens, state: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of points, (batch, heads, points, length) each."""
        normal = self.norm(state)
        content = self.key(normal).view(*normal.shape[:2], self.heads, CONTENT)
        position = tokens.position[..., None, None].expand(-1, -1, self.heads, 1)
        one, nothing = torch.ones_like(position), torch.zeros_like(position)
        member = _one_hot(tokens.member, self.members)[:, :, None].expand(-1, -1, self.heads, -1)
        key = self._padded([content, one, position, position.square(), member, nothing])
        residual = (tokens.value - level)[..., None, None].expand_as(one)
        value = self.value(normal).view(*normal.shape[:2], self.heads, self.part)
        return key, self._padded([value, residual, residual.square(), nothing])

    def extended(self, tokens: Tokens, state: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
        """The same with the key that holds nothing before them, (batch, heads, 1 + points, length)."""
        key, value = self.attended(tokens, state, level)
        empty = key.new_zeros(1, self.heads, 1, self.length)
        last, alone = CONTENT + 3 + self.members, self.part + 2
        empty_key = empty + functional.pad(self.nothing[:, None], (last, self.length - last - 1))[:, None]
        empty_value = empty.clone()
        empty_value[..., alone] = 1.0
        keys, values = (
            torch.cat([first.expand(len(rest), -1, -1, -1), rest], 2)
            for first, rest in ((empty_key, key), (empty_value, value))
        )
        return keys, values

    def _padded(self, parts: list[Tensor]) -> Tensor:
        """Parts (batch, points, heads, …) side by side, as heads want them, with zeros up to their length."""
        joined = torch.cat(parts, -1)
        return functional.pad(joined, (0, self.length - joined.shape[-1])).transpose(1, 2)


def _masks(known: Tensor, usable: Tensor) -> tuple[Tensor, Tensor]:
    """What an asked point sees, and what a point with a value sees, (batch, points, points) each.

    Given points see those given; `usable` (batch, points) are the others with a value, seen by those after
    them, and by themselves once they have it.
    """
    points = known.shape[1]
    before = torch.ones(points, points, dtype=torch.bool, device=known.device).tril(-1)
    itself = torch.eye(points, dtype=torch.bool, device=known.device)
    context, later = known[:, None], usable[:, None]
    target = context | (before & later)
    looking = context | ((before | itself) & later & ~known[:, :, None])
    return target, looking


def _one_hot(member: Tensor, members: int) -> Tensor:
    """(…,) → (…, members)."""
    return torch.stack([member == number for number in range(members)], -1).to(torch.float32)


ARCHITECTURE = Architecture(Hyperparameters, Model)
