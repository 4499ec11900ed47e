"""The denoising task's loss and metrics, against their definitions written out."""

import numpy as np
import pytest
import torch

from tidemark.denoise import learning, metrics


def signals(seed: int = 0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    random = np.random.default_rng(seed)
    clean = random.standard_normal((6, 2, 30)).astype(np.float32)
    noisy = clean + 0.3 * random.standard_normal(clean.shape).astype(np.float32)
    estimate = clean + 0.1 * random.standard_normal(clean.shape).astype(np.float32)
    clean[2, 0, 5:9] = np.nan
    noisy[1, :, 3] = np.nan
    return estimate, {"noisy": noisy, "clean": clean}


@pytest.mark.parametrize(("kind", "power"), [("l1", 1), ("mse", 2)])
def test_loss_is_the_mean_over_present_targets(kind: str, power: int) -> None:
    estimate, split = signals()
    expected = np.nanmean(np.abs(estimate - split["clean"]) ** power)
    value = learning.loss(torch.from_numpy(estimate), torch.from_numpy(split["clean"]), kind)
    assert value.item() == pytest.approx(expected, rel=1e-5)


def test_a_missing_target_gives_no_gradient() -> None:
    estimate = torch.zeros(1, 1, 3, requires_grad=True)
    learning.loss(estimate, torch.tensor([[[1.0, float("nan"), -1.0]]]), "mse").backward()
    assert estimate.grad is not None
    assert torch.isfinite(estimate.grad).all()
    assert estimate.grad[0, 0, 1] == 0


def test_metrics_equal_their_definitions() -> None:
    estimate, split = signals()
    error = estimate - split["clean"]
    both = ~np.isnan(split["noisy"]) & ~np.isnan(split["clean"])
    noise = (split["noisy"] - split["clean"])[both]
    expected = {
        "l1": np.nanmean(np.abs(error)),
        "mse": np.nanmean(error**2),
        "snr_gain_db": 10 * np.log10(np.sum(noise**2) / np.sum(error[both] ** 2)),
    }
    found = {
        name: float(metrics.metric(name, numerator.sum(), denominator.sum()))
        for name, (numerator, denominator) in metrics.sums(estimate, split).items()
    }
    assert found == pytest.approx(expected, rel=1e-5)
    assert next(iter(found)) == metrics.HEADLINE


def test_a_perfect_estimate_has_a_finite_gain() -> None:
    _, split = signals()
    numerator, denominator = metrics.sums(np.nan_to_num(split["clean"]), split)["snr_gain_db"]
    gain = metrics.metric("snr_gain_db", numerator.sum(), denominator.sum())
    assert 100 < gain < 200


def test_error_by_position_leaves_missing_targets_out() -> None:
    estimate, split = signals()
    by_position = metrics.error_by_position(estimate, split)
    assert by_position.shape == (30,)
    kept = [
        abs(estimate[s, c, 5] - split["clean"][s, c, 5])
        for s in range(6)
        for c in range(2)
        if (s, c) != (2, 0)
    ]
    assert by_position[5] == pytest.approx(np.mean(kept), rel=1e-5)
