"""What the compact network does to its input, and what it does in training alone."""

import torch

from tidemark.classify.models.residual_spectrogram import QUIET, Block, Hyperparameters, Model
from tidemark.core.spectra import log_spectrogram


def small(**changed: float) -> Model:
    torch.manual_seed(0)
    return Model(Hyperparameters(width=4, **changed), 3, (61, 61), 5)  # type: ignore[arg-type]


def test_power_of_the_axes_together_does_not_depend_on_how_they_are_turned() -> None:
    stream = torch.Generator().manual_seed(0)
    signal = torch.randn(2, 3, 3000, generator=stream)
    turned = torch.linalg.qr(torch.randn(3, 3, generator=stream))[0] @ signal
    seen = [torch.logsumexp(2 * log_spectrogram(each, "hann", 120, 48), 1) for each in (signal, turned)]
    torch.testing.assert_close(*seen, rtol=1e-3, atol=1e-3)


def test_a_masked_window_has_one_band_of_each_kind_hidden() -> None:
    network = small(masked_frequencies=0.3, masked_frames=0.2)
    torch.manual_seed(1)
    hidden = network._masked(torch.ones(400, 4, 50, 40)) == 0
    assert (hidden == hidden[:, :1]).all()  # all channels alike
    rows, columns = hidden[:, 0].all(2), hidden[:, 0].all(1)
    assert torch.equal(hidden[:, 0], rows[:, :, None] | columns[:, None])
    assert rows.sum(1).max() <= 16 and columns.sum(1).max() <= 9
    assert abs(rows.float().mean() - 0.15) < 0.02 and abs(columns.float().mean() - 0.1) < 0.02
    assert (rows.int().diff(dim=1) == 1).sum(1).max() <= 1  # one band


def test_a_block_that_is_left_out_passes_its_input_on() -> None:
    torch.manual_seed(0)
    block, given = Block(4, 4, 1, 0.5).train(), torch.randn(2000, 4, 3, 3)
    with torch.no_grad():
        change = block(given) - given
        same = (change.abs().amax((1, 2, 3)) == 0).float().mean()
        assert abs(same - 0.5) < 0.05
        kept = change[change.abs().amax((1, 2, 3)) > 0]
        block.skipped = 0.0
        whole = block(given) - given
        assert abs(kept.abs().mean() / whole.abs().mean() - 2) < 0.1  # so that the mean stays
        block.skipped = 0.5
        assert not torch.equal(block.eval()(given), given)


def test_how_silent_silence_is_makes_no_difference() -> None:
    network = small().eval()
    with torch.no_grad():
        quiet, silent = (network(torch.full((1, 3, 61, 61), level)) for level in (QUIET, -36.8))
    assert torch.equal(quiet, silent)


def test_it_is_smaller_than_the_published_one() -> None:
    network = Model(Hyperparameters(), 3, (61, 61), 5)
    assert sum(parameter.numel() for parameter in network.parameters()) < 2_776_357 / 10
