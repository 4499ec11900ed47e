"""A layer's output: the same as running the layers by hand, and refused where it is not point by point."""

import pytest
import torch
from torch import Tensor, nn

from tidemark.core.errors import InputError
from tidemark.infer.projection.layer import outputs

SIGNALS, POINTS = 3, 7


class Net(nn.Module):
    """Point by point, then over all points, with a layer that is never run and one that gives a pair."""

    def __init__(self) -> None:
        super().__init__()
        self.position = nn.Linear(3, 6)
        self.layers = nn.ModuleList([nn.Linear(6, 6), nn.Linear(6, 4)])
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.pooled = nn.Linear(4, 2)

    def forward(self, context: Tensor) -> Tensor:
        hidden = self.position(context.nan_to_num().transpose(1, 2))
        for layer in self.layers:
            hidden = torch.tanh(layer(hidden))
        hidden, _ = self.attention(hidden, hidden, hidden)
        out: Tensor = self.pooled(hidden.mean(1))
        return out


@pytest.fixture
def network() -> Net:
    torch.manual_seed(0)
    return Net().eval()


@pytest.fixture
def context() -> Tensor:
    values = torch.randn(SIGNALS, 3, POINTS, generator=torch.Generator().manual_seed(1))
    values[:, 2, 4:] = torch.nan
    return values


def test_it_is_what_the_layers_give_one_after_another(network: Net, context: Tensor) -> None:
    with torch.no_grad():
        first = network.position(context.nan_to_num().transpose(1, 2))
        second = network.layers[0](first)
        third = network.layers[1](torch.tanh(second))
        last, _ = network.attention(*3 * [torch.tanh(third)])
    torch.testing.assert_close(outputs(network, ["position"], context, "w"), first)
    torch.testing.assert_close(outputs(network, ["layers.0"], context, "w"), second)
    both = outputs(network, ["layers.1", "position"], context, "w")
    torch.testing.assert_close(both, torch.cat([third, first], dim=2))
    torch.testing.assert_close(outputs(network, ["attention"], context, "w"), last)


def test_the_network_is_left_as_it_was(network: Net, context: Tensor) -> None:
    outputs(network, ["position"], context, "w")
    with pytest.raises(InputError):
        outputs(network, ["position", "nonsense"], context, "w")
    assert not any(module._forward_hooks for module in network.modules())


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            "dense",
            r"w = 'dense': no such layer; expected one of position, layers, layers\.0, layers\.1, atten",
        ),
        ("", "w = '': no such layer"),
        ("layers", "w = 'layers': this layer does not run by itself"),
        ("pooled", r"w = 'pooled': its output is \(3, 2\), expected \(3 signals, 7 points, features\)"),
    ],
)
def test_a_layer_that_cannot_be_shown_is_named(
    network: Net, context: Tensor, layer: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as error:
        outputs(network, [layer], context, "w")
    assert "\n" not in str(error.value)


def test_channels_before_points_are_refused(context: Tensor) -> None:
    network = nn.Sequential(nn.Conv1d(3, 5, 1))
    with pytest.raises(InputError, match=r"its output is \(3, 5, 7\)"):
        outputs(network, ["0"], context, "w")


def test_a_layer_that_gives_no_tensor_is_refused(context: Tensor) -> None:
    class Named(nn.Module):
        def forward(self, context: Tensor) -> dict[str, Tensor]:
            return {"context": context}

    with pytest.raises(InputError, match="its output is dict, expected"):
        outputs(nn.Sequential(Named()), ["0"], context, "w")
