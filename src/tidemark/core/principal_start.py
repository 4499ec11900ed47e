"""First weights of a fully connected autoencoder: a Wiener filter on principal components.

Under white noise of variance σ² the best linear estimate of a signal is its mean plus, along each principal
direction, the noisy signal's coordinate times λ / (λ + σ²), λ being the variance along it (N. Wiener,
"Extrapolation, interpolation and smoothing of stationary time series", 1949). A few units of every layer
compute that; the others begin at random and hand nothing on: they change nothing until they have learnt
(T. Chen et al., "Net2Net", 2016).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

LINEAR = 0.1
"""Where tanh is to be a line: standard deviation of the largest coordinate, half the range of a sample."""
CURVES = ((1.0, 0.0), (5.0, -3.0), (8.0, -5.0), (4.0, 1.5))
"""Slope and offset of the units of each sample whose sum undoes the last tanh."""
RIDGE = 1e-6


@torch.no_grad()
def begin(
    layers: Sequence[nn.Linear],
    activation: str,
    targets: Tensor,
    noise_std: float,
    gain: float,
    offset: float,
) -> None:
    """Set the weights of `layers`, four down to the narrow middle and four up again.

    The first inputs, as many as a signal has samples, are gain × noisy signal + offset; `targets` are clean
    signals (signals, samples), between 0 and 1 for tanh; `activation`, linear or tanh, follows every layer.
    """
    samples = targets.shape[1]
    latent = min(layers[3].out_features, samples)
    mean, directions, variances = principal(targets, latent)
    scale = LINEAR / variances[0].sqrt()
    shrunk = directions * (scale * variances / (variances + noise_std**2))[:, None]
    _set(layers[0], shrunk / gain, -(shrunk @ mean) - shrunk.sum(1) * offset / gain)
    unit = torch.eye(latent)
    for layer in layers[1:5]:
        _set(layer, unit, torch.zeros(latent))
    *_, widen, curve, last = layers
    if activation == "linear":
        _set(widen, unit, torch.zeros(latent))
        _set(curve, unit, torch.zeros(latent))
        _set(last, directions.T / scale, mean)
        return
    # Up again: each sample by itself, small enough for a line, then bent so that the last tanh is undone.
    small = 2 * LINEAR
    _set(widen, small * directions.T / scale, small * (mean - 0.5))
    curves = CURVES[: curve.out_features // samples]
    weights, constant = bent(curves)
    last.weight.zero_()
    last.bias.fill_(constant)
    place = torch.arange(samples)
    for number, (slope, shift) in enumerate(curves):
        units = place + number * samples
        curve.weight[units] = 0
        curve.weight[units, place] = slope / small
        curve.bias[units] = shift
        last.weight[place, units] = weights[number]


def principal(targets: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Mean (samples,), the `count` leading directions (count, samples), the variances along them (count,)."""
    mean = targets.mean(0)
    centred = targets - mean
    values, vectors = torch.linalg.eigh((centred.T @ centred / len(targets)).double())
    order = torch.arange(len(values) - 1, len(values) - 1 - count, -1)
    return mean, vectors.T[order].float(), values[order].clamp(min=1e-12).float()


def bent(curves: Sequence[tuple[float, float]]) -> tuple[Tensor, float]:
    """Weights and constant with which tanh(Σ weight × tanh(slope u + shift) + constant) is about u + ½.

    By least squares for values in [0, 1), an error in proportion to what the last tanh leaves of it.
    """
    u = torch.linspace(-0.6, 0.49, 400, dtype=torch.float64)
    units = torch.stack([torch.tanh(slope * u + shift) for slope, shift in curves] + [torch.ones_like(u)], 1)
    wanted, left = torch.atanh(u + 0.5), 1 - (u + 0.5).square()
    weighted = units * left[:, None]
    gram = weighted.T @ weighted / len(u) + RIDGE * torch.eye(units.shape[1], dtype=u.dtype)
    *weights, constant = torch.linalg.solve(gram, weighted.T @ (wanted * left) / len(u)).unbind()
    return torch.stack(weights).float(), float(constant)


def _set(layer: nn.Linear, weight: Tensor, bias: Tensor) -> None:
    """The first rows and columns of a layer; its first rows read nothing else."""
    rows, columns = weight.shape
    layer.weight[:rows] = 0
    layer.weight[:rows, :columns] = weight
    layer.bias[:rows] = bias
