"""Spectro-temporal attention against its equations, SciPy's Welch and the published sizes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.polynomial import Chebyshev
from scipy.signal import welch
from torch import Tensor, nn

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.denoise.models import spectro_temporal_attention as sta
from tidemark.denoise.models.spectro_temporal_attention import Hyperparameters, Model

ALL = [
    {"attention": "crossed"},
    {"attention": "crossed", "features": 1},
    {"attention": "crossed", "activation": "tanh"},
    {"attention": "reference"},
    {"attention": "reference", "features": 4},
    {"attention": "reference", "activation": "tanh"},
    {"attention": "none"},
    {"attention": "none", "activation": "tanh"},
    {"attention": "none", "spectrum": True},
]
every_variant = pytest.mark.parametrize("chosen", ALL, ids=lambda chosen: "-".join(map(str, chosen.values())))
LINEAR = [chosen for chosen in ALL if chosen.get("activation") != "tanh"]


def build(length: int = 48, seed: int = 0, **chosen: Any) -> Model:
    torch.manual_seed(seed)
    network = Model(Hyperparameters(cycles=4, **chosen), 1, length)
    for module in network.modules():  # as if trained: normalisation that does something
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
            # Positive, so that the rectifier behind it lets something through.
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, 0, 1)
    return network.double().eval()


def noise(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# The definitions, written out one signal at a time in NumPy.


def attention_of(embedding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The attended embedding (length,) and the matrix, its columns summing to 1."""
    scores = np.exp(embedding[:, None] * embedding[None, :])
    matrix = scores / scores.sum(0)
    return embedding @ matrix, matrix


def written_out(network: Model, signal: np.ndarray, cycles: int = 4) -> np.ndarray:
    """The estimate for one signal (length,)."""
    spectrum = welch(signal, nperseg=len(signal), return_onesided=False, window="hann")[1]
    front = network.attention
    if front is None:
        features = np.stack([signal, spectrum] if network.spectrum else [signal])
    elif isinstance(front, sta.CrossedAttention):
        features = crossed(front, signal, spectrum, cycles)
    else:
        features = reference(front, signal, spectrum, cycles)
    x = features.reshape(-1)
    for layer in [*network.autoencoder.encoder, *network.autoencoder.decoder]:
        x = linear(layer, x)
        if network.autoencoder.activation == "tanh":
            x = np.tanh(x)
    return x


def linear(layer: nn.Linear, x: np.ndarray) -> np.ndarray:
    return x @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()


def convolve(layer: nn.Conv1d | nn.Conv2d, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return layer(torch.from_numpy(np.ascontiguousarray(x))[None])[0].numpy()


def crossed(front: sta.CrossedAttention, signal: np.ndarray, spectrum: np.ndarray, cycles: int) -> np.ndarray:
    def embed(layers: nn.Sequential, x: np.ndarray) -> np.ndarray:
        x = 1 / (1 + np.exp(-convolve(layers[0], x[None])))
        x = 1 / (1 + np.exp(-convolve(layers[2], x)))
        return np.maximum(convolve(layers[4], x)[0], 0)

    attended, _ = attention_of(embed(front.embed_spectrum, spectrum))
    mask = linear(front.temporal_mask, attended.reshape(-1, cycles)).reshape(-1)
    temporal = convolve(front.temporal, np.stack([mask * signal, signal]))
    attended, _ = attention_of(embed(front.embed_signal, signal))
    mask = linear(front.spectral_mask, attended.reshape(-1, cycles)).reshape(-1)
    spectral = convolve(front.spectral, np.stack([mask * spectrum, spectrum]))
    position = np.arange(len(signal))
    spectral = spectral + np.float32([np.sin(position), np.cos(position)])
    return convolve(front.last, np.concatenate([temporal, spectral]))


def reference(
    front: sta.ReferenceAttention, signal: np.ndarray, spectrum: np.ndarray, cycles: int
) -> np.ndarray:
    def block(layers: nn.Sequential, image: np.ndarray) -> np.ndarray:
        convolution, normal, _ = layers
        mean, var, weight, bias = (
            t.detach().numpy()[:, None, None]
            for t in (normal.running_mean, normal.running_var, normal.weight, normal.bias)
        )
        return np.maximum((convolve(convolution, image) - mean) / np.sqrt(var + 1e-5) * weight + bias, 0)

    attended, _ = attention_of(front.embed_spectrum.weight.item() * spectrum)
    image = signal.reshape(cycles, -1)
    mask = linear(front.temporal_mask, attended.reshape(cycles, -1).T).T
    temporal = block(front.temporal, np.stack([image, image * mask]))
    attended, _ = attention_of(front.embed_signal.weight.item() * signal)
    image = spectrum.reshape(cycles, -1)
    mask = linear(front.spectral_mask, attended.reshape(cycles, -1).T).T
    spectral = block(front.spectral, np.stack([image, image * mask]))
    position = np.arange(len(signal)).reshape(cycles, -1)
    spectral = spectral + np.float32([np.sin(position), np.cos(position)])
    return block(front.merge, np.concatenate([temporal, spectral]))


@every_variant
def test_the_estimate_is_what_the_equations_say(chosen: dict[str, Any]) -> None:
    network, signals = build(**chosen), 0.5 * noise(3, 2, 48)
    expected = [[written_out(network, channel) for channel in signal] for signal in signals.numpy()]
    np.testing.assert_allclose(network(signals).detach().numpy(), expected, rtol=1e-6, atol=1e-7)
    single = network.float()(signals.float()).detach().numpy()
    np.testing.assert_allclose(single, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize(
    ("attention", "in_all", "in_front"), [("crossed", 109_341_362, 610), ("reference", 8_462_581, 165)]
)
def test_published_sizes(attention: str, in_all: int, in_front: int) -> None:
    network = at_published_size(attention=attention)
    assert network.attention is not None
    assert sum(p.numel() for p in network.parameters()) == in_all
    assert sum(p.numel() for p in network.attention.parameters()) == in_front


def test_the_pair_of_equal_features_differs_by_a_part_in_ten_thousand() -> None:
    sizes = [
        sum(p.numel() for p in at_published_size(attention=attention, features=1).parameters())
        for attention in ("crossed", "reference")
    ]
    assert abs(sizes[0] / sizes[1] - 1) < 1e-4


def at_published_size(**chosen: Any) -> Model:
    with torch.device("meta"):
        return Model(Hyperparameters(cycles=4, **chosen), 1, 1024)


def direct(embedding: Tensor) -> Tensor:
    """Attention of (batch, 1, length) as its equation has it."""
    return embedding @ torch.softmax(embedding.mT @ embedding, dim=1)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("scale", [0, 1e-9, 1e-3, 0.1, 0.4, 1, 3, 30])
@pytest.mark.parametrize("centre", [0, 2])
@pytest.mark.parametrize("length", [1, 2, 9, 100])
def test_attention_and_its_gradient_are_those_of_the_matrix(
    dtype: torch.dtype, scale: float, centre: float, length: int
) -> None:
    embedding = centre + scale * (
        2 * torch.rand(5, 1, length, generator=torch.Generator().manual_seed(0)) - 1
    )
    weight = noise(5, 1, length)
    quick = embedding.to(dtype).clone().requires_grad_()
    exact = quick.detach().double().clone().requires_grad_()
    attended, expected = sta.self_attention(quick), direct(exact)
    (attended * weight).sum().backward()
    (expected * weight).sum().backward()
    assert quick.grad is not None
    assert exact.grad is not None
    rounding = 10 * torch.finfo(dtype).eps * (1 + scale + centre)
    assert (attended - expected).abs().max() <= rounding * (scale + centre)
    assert (quick.grad - exact.grad).abs().max() < rounding * (1 + scale) * 5 * weight.abs().max()


def test_attention_of_three_numbers_by_hand() -> None:
    a, b, c = 0.5, -1.0, 2.0
    first = [math.exp(a * other) for other in (a, b, c)]
    expected = (a * first[0] + b * first[1] + c * first[2]) / sum(first)
    embedding = torch.tensor([[[a, b, c]]], dtype=torch.float64)
    assert sta.self_attention(embedding)[0, 0, 0].item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("radius", [0.05, 0.3, 0.7, 1.0, 1.4, 2.0])
def test_the_nodes_are_enough_where_poles_are_nearest_and_not_many_more(radius: float) -> None:
    """With half of the numbers at either end φ is r tanh(r² u), whose poles are as near as they can be."""
    count = int(sta.nodes_needed(torch.tensor([[radius]])))

    def worst(nodes: int) -> float:
        u = np.linspace(-1, 1, 1001)
        series = Chebyshev.interpolate(lambda u: np.tanh(radius**2 * u), deg=nodes - 1)
        return np.abs(series(u) - np.tanh(radius**2 * u)).max()

    rounding = np.finfo(np.float32).eps
    assert worst(count) < rounding
    assert worst(count // 2) > 10 * rounding


def test_interpolation_and_the_matrix_meet_where_one_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    embedding = noise(4, 1, 300).float().clamp(-0.7, 0.7)
    radius = torch.full((4, 1), 0.7)
    assert sta.nodes_needed(radius) <= sta.MOST_NODES  # interpolated
    interpolated = sta.self_attention(embedding)
    monkeypatch.setattr(sta, "MOST_NODES", 0)
    attended = sta.self_attention(embedding)
    assert not torch.equal(interpolated, attended)
    torch.testing.assert_close(interpolated, attended, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("length", [1, 2, 7, 64, 255])
def test_the_periodogram_is_welchs_estimate_with_one_segment(length: int) -> None:
    signal = 3 + noise(4, 1, length)
    _, expected = welch(signal.numpy(), nperseg=length, return_onesided=False)
    np.testing.assert_allclose(sta.periodogram(signal).numpy(), expected, rtol=1e-10, atol=1e-12)
    single = sta.periodogram(signal.float()).numpy()
    np.testing.assert_allclose(single, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("attention", ["crossed", "reference"])
def test_maps_say_where_each_sample_looks(attention: str) -> None:
    network, signals = build(attention=attention), noise(3, 1, 48)
    maps = network.attention_maps(signals)
    assert list(maps) == ["attention_temporal", "attention_spectral"]
    front = network.attention
    assert front is not None
    of_spectrum, of_signal = front.embed_spectrum(sta.periodogram(signals)), front.embed_signal(signals)
    for embedding, rows in zip((of_spectrum, of_signal), maps.values(), strict=True):
        assert rows.shape == (3, 48, 48)
        torch.testing.assert_close(rows.sum(-1), torch.ones(3, 48, dtype=torch.float64))
        for e, found in zip(embedding[:, 0].detach().numpy(), rows.detach().numpy(), strict=True):
            np.testing.assert_allclose(found, attention_of(e)[1].T, rtol=1e-9)
        torch.testing.assert_close((rows @ embedding.mT).mT, sta.self_attention(embedding))


def test_maps_of_several_channels_are_their_mean() -> None:
    network, signals = build(), noise(3, 2, 48)
    together = network.attention_maps(signals)
    alone = [network.attention_maps(signals[:, [channel]]) for channel in (0, 1)]
    for name, rows in together.items():
        torch.testing.assert_close(rows, (alone[0][name] + alone[1][name]) / 2)


def test_without_attention_there_are_no_maps() -> None:
    assert build(attention="none").attention_maps(noise(1, 1, 48)) == {}


def layer_by_layer(autoencoder: sta.Autoencoder, x: Tensor) -> Tensor:
    return autoencoder.decoder(autoencoder.encoder(x))


@pytest.mark.parametrize("inputs", [20, 80])
def test_linear_layers_act_and_learn_as_one_after_the_other(inputs: int) -> None:
    torch.manual_seed(0)
    autoencoder = sta.Autoencoder(inputs, 20, 16, "linear").double()
    x, y = noise(6, inputs), noise(6, 20, seed=2)
    found = []
    for estimate in (autoencoder(x), layer_by_layer(autoencoder, x)):
        autoencoder.zero_grad()
        (estimate - y).square().mean().backward()
        found.append([estimate.detach(), *(p.grad for p in autoencoder.parameters())])
    for ours, chain in zip(*found, strict=True):
        torch.testing.assert_close(ours, chain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("chosen", LINEAR, ids=lambda chosen: "-".join(map(str, chosen.values())))
def test_linear_layers_fold_into_one_map(chosen: dict[str, Any]) -> None:
    network, signals = build(**chosen).float(), noise(5, 1, 48).float()
    folded = network.folded()
    features = network.autoencoder.encoder[0].in_features
    assert sum(p.numel() for p in folded.autoencoder.parameters()) == 16 * (features + 48) + 16 + 48
    assert folded.attention is network.attention
    assert not folded.training
    torch.testing.assert_close(folded(signals), network(signals), rtol=1e-5, atol=1e-6)
    assert isinstance(network.autoencoder, sta.Autoencoder)  # itself as before
    chained = network.autoencoder
    layers = nn.Sequential(*chained.encoder, *chained.decoder)
    network.autoencoder = layers
    torch.testing.assert_close(folded(signals), network(signals), rtol=1e-4, atol=1e-5)
    assert folded.folded() is folded


def test_layers_with_activations_do_not_fold() -> None:
    network = build(activation="tanh")
    assert network.folded() is network


@every_variant
def test_gradients_are_finite_while_training(chosen: dict[str, Any]) -> None:
    network = build(**chosen).float().train()
    for signals in (noise(8, 1, 48).float(), torch.zeros(8, 1, 48), torch.full((8, 1, 48), 0.7)):
        network.zero_grad()
        (network(signals) - signals).square().mean().backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


def test_dropout_is_off_at_test_time_unless_wanted() -> None:
    signals = noise(4, 1, 48)
    quiet = build(attention="reference")
    assert torch.equal(quiet(signals), quiet(signals))
    as_published = build(attention="reference", dropout_at_test=True)
    assert not torch.equal(as_published(signals), as_published(signals))
    without = build(attention="reference", dropout_at_test=True, dropout=0)
    assert torch.equal(without(signals), quiet(signals))
    quiet.train()
    assert not torch.equal(quiet(signals), quiet(signals))


def test_embeddings_begin_alive_whatever_the_seed() -> None:
    signal = noise(2, 1, 48).float()
    for seed in range(40):
        torch.manual_seed(seed)
        assert sta.embedding()(signal).max() > 0


def test_the_reference_begins_with_kaimings_spread() -> None:
    torch.manual_seed(0)
    weights = torch.cat([
        torch.cat([front.temporal[0].weight.flatten(), front.spectral[0].weight.flatten()])
        for front in (sta.ReferenceAttention(8, 4, 1, 0.3, False) for _ in range(50))
    ])  # fmt: skip
    assert weights.std().item() == pytest.approx(math.sqrt(2 / 18), rel=0.05)  # gain √2, 2 × 3 × 3 inputs


def test_half_precision_is_near() -> None:
    for attention in ("crossed", "reference"):
        network, signals = build(attention=attention).float(), 0.3 * noise(3, 1, 48).float()
        exact = network(signals)
        with torch.autocast("cpu", torch.bfloat16):
            near = network(signals)
        assert (near - exact).abs().max() < 0.05 * exact.abs().max()


def test_plain_autoencoders_see_their_input() -> None:
    signals = noise(3, 1, 48)
    plain = build(attention="none")
    torch.testing.assert_close(plain(signals)[:, 0], layer_by_layer(plain.autoencoder, signals[:, 0]))
    both = build(attention="none", spectrum=True)
    given = torch.cat([signals, sta.periodogram(signals)], dim=1).flatten(1)
    torch.testing.assert_close(both(signals)[:, 0], layer_by_layer(both.autoencoder, given))


def test_a_length_that_cycles_do_not_divide_is_refused() -> None:
    with pytest.raises(InputError, match=r"^hyperparameters\.cycles = 4: .*divisor of 50$"):
        Model(Hyperparameters(cycles=4), 1, 50)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"attention": "crossed", "spectrum": True}, "spectrum is for attention none"),
        ({"attention": "none", "features": 2}, "features are what attention hands on"),
        ({"attention": "own"}, "attention = 'own'"),
        ({"dropout": 2}, "dropout = 2"),
        ({"cycles": 0}, "cycles = 0"),
    ],
)
def test_hyperparameters_that_do_not_fit_are_refused(values: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        validate(Hyperparameters, values, "models.m.hyperparameters")
    assert "\n" not in str(caught.value)
