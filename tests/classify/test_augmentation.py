"""Changes of windows: what they keep, how large they are, and that the generator says them all."""

import math

import pytest
import torch
from pydantic import ValidationError

from tidemark.classify.augmented import Augmentation, changed, masked, rotations


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def windows(count: int = 50, samples: int = 200) -> torch.Tensor:
    return torch.randn(count, 3, samples, generator=stream(9))


def test_nothing_is_changed_unless_wanted() -> None:
    given, picture = windows(), torch.randn(5, 3, 10, 12)
    assert changed(given, Augmentation(), stream()) is given
    assert masked(picture, Augmentation(), stream()) is picture


@pytest.mark.parametrize("degrees", [10.0, 90.0, 180.0])
def test_rotations_are_rotations_of_no_more_than_the_angle(degrees: float) -> None:
    found = rotations(500, degrees, stream())
    torch.testing.assert_close(found @ found.mT, torch.eye(3).expand(500, 3, 3), atol=1e-5, rtol=0)
    torch.testing.assert_close(torch.linalg.det(found), torch.ones(500), atol=1e-5, rtol=0)
    cosine = (found.diagonal(dim1=1, dim2=2).sum(1) - 1) / 2  # of the angle
    angle = torch.rad2deg(torch.acos(cosine.clamp(-1, 1)))
    assert angle.max() <= degrees + 0.1
    assert abs(angle.mean() - degrees / 2) < 0.05 * degrees
    assert (found - found.mT).mean(0).abs().max() < 0.15  # axes point everywhere


def test_a_turned_window_keeps_its_norm_at_every_sample() -> None:
    given = windows()
    found = changed(given, Augmentation(rotation=180), stream())
    torch.testing.assert_close(found.norm(dim=1), given.norm(dim=1), rtol=1e-4, atol=1e-5)
    assert (found - given).abs().amax((1, 2)).min() > 1e-3


def test_scale_is_one_factor_a_window() -> None:
    factor = changed(windows(2000, 4), Augmentation(scale=0.2), stream()) / windows(2000, 4)
    torch.testing.assert_close(factor, factor[:, :1, :1].expand_as(factor), rtol=1e-4, atol=1e-4)
    assert 0.8 <= factor.min() < 0.81 and 1.19 < factor.max() <= 1.2001
    assert len(factor[:, 0, 0].unique()) > 1000


def test_noise_has_its_deviation() -> None:
    added = changed(windows(), Augmentation(noise_std=0.05), stream()) - windows()
    assert added.std().item() == pytest.approx(0.05, rel=0.02)
    assert abs(added.mean().item()) < 0.002


def test_a_shifted_window_comes_round() -> None:
    given = windows(60, 100)
    found = changed(given, Augmentation(shift=0.25), stream())
    by = []
    for before, after in zip(given, found, strict=True):
        by += [k for k in range(-25, 26) if torch.equal(before.roll(k, -1), after)]
    assert len(by) == 60
    assert min(by) < -15 and max(by) > 15


def test_masks_hide_one_band_of_each_kind_by_the_channel_s_mean() -> None:
    given = torch.randn(300, 3, 40, 30, generator=stream())
    found = masked(given, Augmentation(frequency_mask=0.5, time_mask=0.2), stream(1))
    hidden = found != given
    assert (hidden == hidden[:, :1]).all()
    rows, columns = hidden[:, 0].all(2), hidden[:, 0].all(1)
    assert torch.equal(hidden[:, 0], rows[:, :, None] | columns[:, None])
    assert rows.sum(1).max() <= 21 and columns.sum(1).max() <= 7
    assert (rows.int().diff(dim=1) == 1).sum(1).max() <= 1
    mean = given.mean((2, 3), keepdim=True).expand_as(given)
    torch.testing.assert_close(found[hidden], mean[hidden])


EVERYTHING = Augmentation(
    rotation=30, scale=0.1, noise_std=0.01, shift=0.5, frequency_mask=0.2, time_mask=0.2
)


def test_the_generator_says_it_all() -> None:
    first, again, other = (changed(windows(), EVERYTHING, stream(seed)) for seed in (3, 3, 4))
    assert torch.equal(first, again) and not torch.equal(first, other)
    picture = torch.randn(5, 3, 20, 20)
    first, again, other = (masked(picture, EVERYTHING, stream(seed)) for seed in (3, 3, 4))
    assert torch.equal(first, again) and not torch.equal(first, other)


@pytest.mark.parametrize(
    "wrong", [{"rotation": 181}, {"scale": 1}, {"noise_std": -1}, {"shift": 1.1}, {"noise_std": math.inf}]
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Augmentation(**wrong)  # type: ignore[arg-type]
