"""Spectro-temporal attention in front of an autoencoder, and the autoencoder by itself.

The embedding of a signal, attending to itself, masks the signal's spectrum, and the other way round; both go
through convolutions into a fully connected autoencoder. `crossed` is the front of the report on
spectro-temporal attention denoising, `reference` the one that it compares itself with. Parameters as
published, at 4 cycles of 256 samples: 109,341,362 (610 in front), and 8,462,581 (165).

Attention of numbers with themselves is a smooth function, which a few nodes hold (`self_attention`); linear
layers in a chain act as their product (`Autoencoder.ends`): the same numbers, sooner.
"""

from __future__ import annotations

import copy
import math
from functools import partial
from itertools import pairwise
from typing import Literal, cast

import torch
import torch.nn.functional as F
from pydantic import model_validator
from torch import Tensor, nn

from tidemark.core import principal_start
from tidemark.core.errors import InputError
from tidemark.core.frozen import Count, Frozen, NonNegative, Share
from tidemark.core.network import Architecture, Network

MOST_NODES = 16
"""With more, interpolation gains little time, and its slope loses digits."""
MEASURED = 512
"""Signals whose mean and spread set the reference's normalisation, where it begins at data."""
MARGIN = 0.35
"""How far outside [0, 1], where clean signals lie, the reference cuts signals off if it begins at data."""


class Hyperparameters(Frozen):
    """Front and autoencoder; the defaults are as published, but for signals of one cycle."""

    attention: Literal["crossed", "reference", "none"] = "crossed"
    spectrum: bool = False
    """Without attention: give the autoencoder the spectrum beside the signal."""
    activation: Literal["linear", "tanh"] = "linear"
    """What follows every layer of the autoencoder."""
    cycles: Count = 1
    """Cycles in a signal; a mask mixes this many values."""
    features: Count | None = None
    """Values a sample that attention hands on; none: as published, 4 crossed and 1 in the reference."""
    latent: Count = 16
    dropout: Share = 0.3
    """In the reference's front."""
    dropout_at_test: bool = False
    """Drop out at test time too, as the published reference does: estimates are random then."""
    start_noise: NonNegative | None = None
    """Begin as a Wiener filter for noise of this standard deviation; none begins at random weights."""

    @model_validator(mode="after")
    def _consistent(self) -> Hyperparameters:
        if self.attention != "none" and self.spectrum:
            raise ValueError("spectrum is for attention none; with attention the spectrum is there anyway")
        if self.attention == "none" and self.features is not None:
            raise ValueError("features are what attention hands on; leave them out with attention none")
        return self


class Model(Network):
    """Front and autoencoder; each channel is a signal by itself."""

    causal = False
    autoencoder: Autoencoder | nn.Sequential

    def __init__(self, hyperparameters: Hyperparameters, channels: int, length: int) -> None:
        """For signals of `length` samples; `channels` is not used: they share all weights."""
        super().__init__()
        h = hyperparameters
        if length % h.cycles:
            problem = f"{length} samples are not so many equal cycles; expected a divisor of {length}"
            raise InputError(f"hyperparameters.cycles = {h.cycles}: {problem}")
        self.spectrum = h.spectrum
        self.attention: CrossedAttention | ReferenceAttention | None = None
        features = 2 if h.spectrum else 1
        if h.attention == "crossed":
            features = h.features or 4
            self.attention = CrossedAttention(length, h.cycles, features)
        elif h.attention == "reference":
            features = h.features or 1
            self.attention = ReferenceAttention(length, h.cycles, features, h.dropout, h.dropout_at_test)
        self.autoencoder = Autoencoder(features * length, length, h.latent, h.activation)
        self.start_noise, self.begins_at_data = h.start_noise, h.start_noise is not None

    def begin(self, targets: Tensor) -> None:
        """Begin as a Wiener filter on the principal components of clean signals.

        `targets` are (signals, channels, length). The front hands the signal on, the autoencoder filters it.
        """
        signals = targets.reshape(-1, 1, targets.shape[-1])
        gain, offset = 1.0, 0.0
        if self.attention is not None and self.start_noise is not None:
            some = signals[:MEASURED]
            noisy = torch.addcmul(some, torch.randn_like(some), some.new_tensor(self.start_noise))
            gain, offset = self.attention.hand_on(noisy, periodogram(noisy))
        if isinstance(self.autoencoder, Autoencoder) and self.start_noise is not None:
            principal_start.begin(
                [*self.autoencoder.encoder, *self.autoencoder.decoder], self.autoencoder.activation,
                signals[:, 0], self.start_noise, gain, offset,
            )  # fmt: skip

    def forward(self, signal: Tensor) -> Tensor:
        """Estimate of the clean signal; both (batch, channels, length)."""
        x = signal.reshape(-1, 1, signal.shape[-1])  # (batch × channels, 1, length)
        if self.attention is not None:
            x = self.attention(x, periodogram(x))
        elif self.spectrum:
            x = torch.cat([x, periodogram(x)], dim=1)
        estimate: Tensor = self.autoencoder(x.flatten(1))
        return estimate.view(signal.shape)

    def attention_maps(self, signal: Tensor) -> dict[str, Tensor]:
        """Where each sample of the output looks, by kind: (batch, length, length), the mean over channels."""
        if self.attention is None:
            return {}
        x = signal.reshape(-1, 1, signal.shape[-1])
        embeddings = self.attention.embed_spectrum(periodogram(x)), self.attention.embed_signal(x)
        weights = (torch.softmax(e.mT * e, dim=-1) for e in embeddings)
        temporal, spectral = (each.view(*signal.shape, -1).mean(1) for each in weights)
        return {"attention_temporal": temporal, "attention_spectral": spectral}

    def folded(self) -> Model:
        """This network for prediction: a linear autoencoder becomes two thin layers; all else is shared."""
        if not isinstance(self.autoencoder, Autoencoder) or self.autoencoder.activation == "tanh":
            return self
        network = copy.copy(self)
        network._modules = self._modules | {"autoencoder": self.autoencoder.folded()}
        return network


class CrossedAttention(nn.Module):
    """The report's own front: (batch, 1, length) twice to (batch, features, length)."""

    code: Tensor

    def __init__(self, length: int, cycles: int, features: int) -> None:
        """For signals of `length` samples."""
        super().__init__()
        self.embed_signal, self.embed_spectrum = embedding(), embedding()
        self.temporal_mask, self.spectral_mask = nn.Linear(cycles, cycles), nn.Linear(cycles, cycles)
        self.temporal, self.spectral = nn.Conv1d(2, 2, 3, padding=1), nn.Conv1d(2, 2, 3, padding=1)
        # Published: two features from each side by itself. An odd number comes from both together.
        self.last = nn.Conv1d(4, features, 3, padding=1, groups=1 if features % 2 else 2)
        self.register_buffer("code", position_code(length), persistent=False)

    def forward(self, signal: Tensor, spectrum: Tensor) -> Tensor:
        """Features of a signal and its spectrum."""
        temporal = self_attention(self.embed_spectrum(spectrum))
        spectral = self_attention(self.embed_signal(signal))
        x = self.temporal(torch.cat([self.mask(temporal, self.temporal_mask) * signal, signal], dim=1))
        s = self.spectral(torch.cat([self.mask(spectral, self.spectral_mask) * spectrum, spectrum], dim=1))
        return cast(Tensor, self.last(torch.cat([x, s + self.code], dim=1)))

    @torch.no_grad()
    def hand_on(self, signal: Tensor, spectrum: Tensor) -> tuple[float, float]:
        """Make the first feature the signal itself; gain and offset of that."""
        for layer in (self.temporal, self.spectral, self.last):
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)
        for layer in (self.temporal, self.spectral):
            nn.init.dirac_(layer.weight)
        # Each side is masked and plain: the plain one first.
        order = (1, 0, 1, 0) if self.last.groups == 2 else (1, 0, 3, 2)
        for feature, side in enumerate(order[: len(self.last.weight)]):
            self.last.weight[feature, side, 1] = 1
        return 1.0, 0.0

    def mask(self, attended: Tensor, mix: nn.Linear) -> Tensor:
        """A mask, (batch, 1, length) as `attended`; as published, it mixes neighbouring samples."""
        return cast(Tensor, mix(attended.view(len(attended), -1, mix.in_features))).view_as(attended)


def embedding() -> nn.Sequential:
    """(batch, 1, length) to the same, not negative."""
    layers = nn.Sequential(
        nn.Conv1d(1, 8, 3, padding=1), nn.Sigmoid(), nn.Conv1d(8, 8, 3, padding=1), nn.Sigmoid(),
        nn.Conv1d(8, 1, 3, padding=1), nn.ReLU(),
    )  # fmt: skip
    # Sigmoids begin near a half: were the last layer's sum negative, as torch often draws it, the ReLU would
    # stay zero for every signal. Its negative is as probable a draw.
    *_, weight, bias = layers.parameters()
    with torch.no_grad():
        sign = torch.sign(weight.sum() / 2 + bias)
        weight.mul_(sign), bias.mul_(sign)
    return layers


class ReferenceAttention(nn.Module):
    """The reference's front, cycles as rows of an image: as `CrossedAttention` in and out."""

    code: Tensor

    def __init__(self, length: int, cycles: int, features: int, dropout: float, at_test: bool) -> None:
        """For signals of `length` samples."""
        super().__init__()
        self.dropout, self.at_test = dropout, at_test
        self.image = (cycles, length // cycles)
        self.embed_signal, self.embed_spectrum = (nn.Conv1d(1, 1, 1, bias=False) for _ in range(2))
        self.temporal_mask, self.spectral_mask = nn.Linear(cycles, cycles), nn.Linear(cycles, cycles)
        self.temporal, self.spectral, self.merge = (
            nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())
            for inputs, outputs in [(2, 2), (2, 2), (4, features)]
        )
        self.register_buffer("code", position_code(length).view(2, *self.image), persistent=False)
        for module in self.modules():
            if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, signal: Tensor, spectrum: Tensor) -> Tensor:
        """Features of a signal and its spectrum."""
        temporal = self_attention(self.embed_spectrum(spectrum))
        spectral = self_attention(self.embed_signal(signal))
        drop = partial(F.dropout, p=self.dropout, training=self.training or self.at_test)
        x = drop(self.temporal(self.masked(signal, temporal, self.temporal_mask)))
        s = drop(self.spectral(self.masked(spectrum, spectral, self.spectral_mask)))
        return drop(self.merge(torch.cat([x, drop(s + self.code)], dim=1))).flatten(2)

    @torch.no_grad()
    def hand_on(self, signal: Tensor, spectrum: Tensor) -> tuple[float, float]:
        """Make the first feature the signal, turned over; gain and offset of that.

        It is cut off `MARGIN` below 0 and above 1, which leaves less of strong noise, by the rectifiers.
        """
        for block, sign, rest in ((self.temporal, 1, MARGIN), (self.merge, -1, 1 + 2 * MARGIN)):
            convolution, normal, _ = cast(tuple[nn.Conv2d, nn.BatchNorm2d, nn.ReLU], tuple(block))
            convolution.weight[0] = 0
            convolution.weight[0, 0, 1, 1] = sign
            normal.reset_running_stats()
            momentum, normal.momentum = normal.momentum, None  # of all signals
            self(signal, spectrum)
            normal.momentum = momentum
            mean, std = normal.running_mean, (cast(Tensor, normal.running_var) + normal.eps).sqrt()
            normal.weight[0], normal.bias[0] = std[0], cast(Tensor, mean)[0] + rest
        return -1.0, 1 + MARGIN

    def masked(self, x: Tensor, attended: Tensor, mix: nn.Linear) -> Tensor:
        """x, and x times its mask, which mixes the cycles: (batch, 2, cycles, samples a cycle)."""
        x, attended = x.view(-1, 1, *self.image), attended.view(-1, 1, *self.image)
        return torch.cat([x, x * mix(attended.mT).mT], dim=1)


class Autoencoder(nn.Module):
    """Fully connected layers through a narrow middle."""

    def __init__(self, inputs: int, outputs: int, latent: int, activation: str) -> None:
        """From `inputs` to `outputs` values a signal."""
        super().__init__()
        self.activation = activation
        sizes = [inputs, 2 * inputs, inputs, 2 * latent, latent, 2 * latent, inputs, 2 * inputs, outputs]
        layers = [nn.Linear(before, after) for before, after in pairwise(sizes)]
        # What differs between signals keeps its size (Y. LeCun et al., "Efficient BackProp", 1998). As torch
        # draws them, each layer shrinks it by 0.58; Xavier's mean of both sizes, where layers widen.
        for layer in layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
            nn.init.zeros_(layer.bias)
        self.encoder, self.decoder = nn.Sequential(*layers[:4]), nn.Sequential(*layers[4:])

    def forward(self, x: Tensor) -> Tensor:
        """(batch, outputs) from (batch, inputs)."""
        if self.activation == "linear":
            encode, decode = self.ends()
            return F.linear(F.linear(x, *encode), *decode)
        for layer in [*self.encoder, *self.decoder]:
            x = torch.tanh(layer(x))
        return x

    def ends(self) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """What linear layers do together: (latent, inputs) and (outputs, latent), with their biases."""
        *before, last = cast(list[nn.Linear], list(self.encoder))
        rows: Tensor = last.weight
        offset: Tensor = last.bias
        for layer in reversed(before):
            rows, offset = rows @ layer.weight, offset + rows @ layer.bias
        basis = torch.eye(len(rows) + 1, len(rows), dtype=rows.dtype, device=rows.device)
        decoded = self.decoder(basis)  # of every unit vector, and of zero, which leaves the biases
        return (rows, offset), ((decoded[:-1] - decoded[-1]).mT, decoded[-1])

    def folded(self) -> nn.Sequential:
        """Two layers that do what all the linear ones do."""
        layers = nn.Sequential()
        for weight, bias in self.ends():
            layers.append(nn.Linear(weight.shape[1], weight.shape[0]))
            layers[-1].load_state_dict({"weight": weight, "bias": bias})
        return layers


def self_attention(embedding: Tensor) -> Tensor:
    """Attention of numbers with themselves, head size 1, unscaled: e · softmax(eᵀe over its first axis).

    (batch, 1, length) in and out. The output at sample j is φ(eⱼ), φ(s) = Σᵢ eᵢ exp(eᵢ s) / Σᵢ exp(eᵢ s),
    attended to at Chebyshev nodes and interpolated between, if few are enough. With all eᵢ within radius r of
    c, and s = c + r u, φ has no pole while |Im u| < π / 2r², which bounds the error (L. N. Trefethen,
    "Approximation theory and approximation practice", theorem 8.2).
    """
    e = embedding[:, 0]
    low, high = torch.aminmax(e.detach(), dim=-1, keepdim=True)
    centre, radius = (low + high) / 2, ((high - low) / 2).clamp_min(1e-6)
    place = (e - centre) / radius  # in [-1, 1]
    count = nodes_needed(radius) if e.device.type == "cpu" else math.inf  # a GPU is not kept waiting
    if count > min(MOST_NODES, e.shape[-1]):
        return (centre + radius * attend(place, place, centre, radius))[:, None]
    degree = torch.arange(count, dtype=e.dtype)
    waves = torch.cos(degree[:, None] * (degree + 0.5) * (math.pi / count))  # (degree, node)
    result = attend(waves[1].expand(len(e), -1), place, centre, radius)  # (batch, node)
    coefficients = (result @ waves.mT)[..., None] * (2 / count)  # (batch, degree, 1)
    # Clenshaw's recurrence for Σ coefficients × Chebyshev polynomials
    value, previous = torch.zeros_like(place), torch.zeros_like(place)
    for coefficient in coefficients[:, 1:].flip(1).unbind(1):
        value, previous = torch.addcmul(coefficient - previous, 2 * place, value), value
    value = torch.addcmul(coefficients[:, 0] / 2 - previous, place, value)
    return (centre + radius * value)[:, None]


def nodes_needed(radius: Tensor) -> float:
    """Chebyshev nodes that interpolate φ as well as its type can hold it, for every radius (batch, 1)."""
    spread = radius.max().item() ** 2
    if not spread < 1e3:  # or not a number
        return math.inf
    # Within 0.9 of that strip |φ - c| < 6.4 r; the ellipse in it shrinks the error by exp(growth) a node.
    growth = math.asinh(0.9 * math.pi / 2 / spread)
    return max(2, 2 + int(math.log(26 / torch.finfo(radius.dtype).eps / math.expm1(growth)) / growth))


def attend(query: Tensor, place: Tensor, centre: Tensor, radius: Tensor) -> Tensor:
    """(φ - c) / r at u = `query` (batch, queries); `place`, (batch, length), holds every (eᵢ - c) / r."""
    s = radius * (centre + radius * query)  # c · s, the same for all i, drops out of the softmax
    q, k = s[:, None, :, None], place[:, None, :, None]  # (batch, 1 head, length, head size 1)
    return F.scaled_dot_product_attention(q, k, k, scale=1.0)[:, 0, :, 0]


def periodogram(signal: Tensor) -> Tensor:
    """Power spectral density, two-sided, at sampling rate 1; (batch, 1, length) in and out.

    As Welch's estimate with one segment of the whole length: mean taken out, periodic Hann window.
    """
    window = torch.hann_window(signal.shape[-1], dtype=signal.dtype, device=signal.device)
    power: Tensor = torch.fft.fft((signal - signal.mean(-1, keepdim=True)) * window).abs().square()
    return power / window.square().sum()


def position_code(length: int) -> Tensor:
    """Sine and cosine of the position, (2, length): the code of Vaswani et al. (2017) in two dimensions."""
    position = torch.arange(length, dtype=torch.get_default_dtype())
    return torch.stack([position.sin(), position.cos()])


ARCHITECTURE = Architecture(Hyperparameters, Model)
