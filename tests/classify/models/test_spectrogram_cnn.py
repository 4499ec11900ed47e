"""The published network's size and layers, and which pictures it takes."""

import pytest
import torch
from torch.nn import functional

from tidemark.classify.models.spectrogram_cnn import Hyperparameters, Model, smallest_side
from tidemark.core.errors import InputError


def test_it_has_the_published_number_of_parameters() -> None:
    network = Model(Hyperparameters(), 3, (61, 61), 5)
    assert sum(parameter.numel() for parameter in network.parameters()) == 2_776_357


def test_it_is_the_published_chain_of_layers() -> None:
    """Convolution, normalisation and ReLU written out with the network's own weights."""
    torch.manual_seed(0)
    network = Model(Hyperparameters(filters=4), 3, (61, 61), 5)
    given = torch.randn(6, 3, 61, 61)
    state = network.state_dict()
    weights = [value for name, value in state.items() if value.ndim == 4]
    assert [tuple(each.shape) for each in weights] == [
        (4, 3, 3, 3), (8, 4, 3, 3), (16, 8, 4, 4), (32, 16, 4, 4), (64, 32, 4, 4), (5, 64, 1, 1),
    ]  # fmt: skip
    expected, sides = given, []
    for weight, stride, padding in zip(weights, (2, 2, 2, 2, 1), (1, 1, 1, 1, 0), strict=False):
        expected = functional.conv2d(expected, weight, None, stride, padding)
        mean, variance = expected.mean((0, 2, 3), keepdim=True), expected.var((0, 2, 3), False, keepdim=True)
        expected = functional.relu((expected - mean) / (variance + 1e-5).sqrt())
        sides.append(expected.shape[-1])
    assert sides == [31, 16, 8, 4, 1]
    expected = functional.conv2d(expected, weights[-1], state["layers.15.bias"])[:, :, 0, 0]
    torch.testing.assert_close(network.train()(given), expected, rtol=1e-4, atol=1e-4)


def test_a_picture_as_small_as_the_published_one_is_the_smallest() -> None:
    assert smallest_side() == 61
    Model(Hyperparameters(filters=2), 3, (61, 200), 5)
    for picture in ((60, 61), (61, 60)):
        with pytest.raises(
            InputError,
            match=r"spectrogram of \d\d frequencies and \d\d frames is too small, 61 of each are needed; "
            r"set spectrogram.length to 120 or more, and spectrogram.hop to a 60th",
        ):
            Model(Hyperparameters(filters=2), 3, picture, 5)


def test_of_a_larger_picture_the_places_left_are_averaged() -> None:
    torch.manual_seed(0)
    network = Model(Hyperparameters(filters=4), 3, (77, 61), 5).eval()
    given = torch.randn(2, 3, 77, 61)
    with torch.no_grad():
        places = network.layers(given)
        assert places.shape == (2, 5, 2, 1)
        torch.testing.assert_close(network(given), places.mean((2, 3)))
