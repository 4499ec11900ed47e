"""The pairs law, against scikit-learn's kernels, its definition and the regimes as described."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.gaussian_process import kernels

from tidemark.core.errors import InputError
from tidemark.core.params import validate
from tidemark.infer.laws import gaussian_process
from tidemark.infer.laws.gaussian_process import JITTER, Law

SMALL = {"points": 30, "context": 5}


def draw(law: Law, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Position, member, value and whether it is given, (count, points) each."""
    drawn = gaussian_process.generate(law, count, torch.Generator().manual_seed(seed))
    context, target = drawn["context"].numpy(), drawn["target"].numpy()[:, 0]
    assert context.dtype == target.dtype == np.float32
    is_given = ~np.isnan(context[:, 2])
    assert (is_given == np.isnan(target)).all()
    return context[:, 0], context[:, 1], np.where(is_given, context[:, 2], target), is_given


@pytest.mark.parametrize(
    ("law", "kernel"),
    [
        (Law(length_scale=0.7), kernels.RBF(0.7)),
        (Law(kernel="periodic", length_scale=0.8, period=2.5), kernels.ExpSineSquared(0.8, 2.5)),
        (Law(kernel="matern", smoothness=0.5, length_scale=0.7), kernels.Matern(0.7, nu=0.5)),
        (Law(kernel="matern", smoothness=1.5, length_scale=0.7), kernels.Matern(0.7, nu=1.5)),
        (Law(kernel="matern", smoothness=2.5, length_scale=0.7), kernels.Matern(0.7, nu=2.5)),
    ],
    ids=["rbf", "periodic", "matern-0.5", "matern-1.5", "matern-2.5"],
)
@pytest.mark.parametrize("second", [None, 0.4])
def test_the_covariance_is_that_of_the_library(
    law: Law, kernel: kernels.Kernel, second: float | None
) -> None:
    law = law.model_copy(update={"second_length_scale": second, "noise_std": 0.3, "offset_std": 1.7})
    rng = np.random.default_rng(0)
    position, member = rng.uniform(5, 15, (2, 40)), rng.integers(0, 2, (2, 40))
    ours = gaussian_process.covariance(law, torch.tensor(position), torch.tensor(member))
    assert ours.dtype == torch.float64
    for x, k, result in zip(position[..., None], member, ours.numpy(), strict=True):
        expected = kernel(x) + 1.7**2 * (k[:, None] == k) + (0.3**2 + JITTER) * np.eye(40)
        if second is not None:
            expected += kernels.RBF(second)(x) * np.outer(k, k)
        np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)
        again = gaussian_process.covariance(law, torch.tensor(x[:, 0]), torch.tensor(k))
        np.testing.assert_array_equal(again.numpy(), result)


@pytest.mark.parametrize(
    "law",
    [
        Law(noise_std=0.1, **SMALL),
        Law(noise_std=0.01, range=(5, 7), **SMALL),  # a fifth of the range: of a few columns
        Law(offset_std=0, second_length_scale=0.4, noise_std=0.01, range=(5, 7), **SMALL),
        Law(members=1, kernel="periodic", offset_std=0.5, noise_std=0.2, **SMALL),
        Law(kernel="matern", regime="half_half", sorted=0.5, noise_std=0.2, **SMALL),
    ],
    ids=["const", "const-smooth", "rbf", "periodic", "matern"],
)
def test_values_are_of_the_law(law: Law) -> None:
    """Whitened by the law's covariance at the stored positions, they are standard normal and independent."""
    position, member, value, _ = draw(law, 2000)
    factor = torch.linalg.cholesky(
        gaussian_process.covariance(law, torch.tensor(position), torch.tensor(member))
    )
    white = torch.linalg.solve_triangular(factor, torch.tensor(value).double()[..., None], upper=False)[
        ..., 0
    ]
    white = white.numpy()
    covariance = white.T @ white / len(white)
    assert np.abs(white.mean(0)).max() < 4.5 / np.sqrt(2000)
    assert np.abs(np.diag(covariance) - 1).max() < 4.5 * np.sqrt(2 / 2000)
    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 5 / np.sqrt(2000)
    assert np.mean(white**4) == pytest.approx(3, abs=5 * np.sqrt(96 / white.size))


def test_positions_are_uniform_and_members_offset() -> None:
    law = Law(points=100, noise_std=0.05)
    position, member, value, _ = draw(law, 400)
    assert 5 <= position.min() < 5.01
    assert 14.99 < position.max() <= 15
    counts = np.histogram(position, 10, (5, 15))[0] / position.size
    np.testing.assert_allclose(counts, 0.1, atol=5 * np.sqrt(0.09 / position.size))
    means = np.stack([np.where(member == k, value, 0).sum(1) / 100 for k in (0, 1)])
    apart = means[0] - means[1]  # the shared function all but cancels
    assert apart.std() == pytest.approx(2 * np.sqrt(2), rel=0.15)
    free = draw(Law(points=100), 50)[2]  # jitter alone keeps the noise-free law's matrices positive
    assert np.isfinite(free).all()


def test_one_member_in_full_comes_first() -> None:
    position, member, _, is_given = draw(Law(context=7, points=20), 400)
    assert (is_given.sum(1) == 27).all()
    assert is_given[:, :27].all()
    assert (member[:, :20] == member[:, :1]).all()
    assert (member[:, 20:] == 1 - member[:, :1]).all()
    assert 0.4 < member[:, 0].mean() < 0.6
    assert (np.diff(position[:, :20]) >= 0).all()
    assert (np.diff(position[:, 20:]) >= 0).all()


def test_a_share_of_pairs_is_in_order_of_position() -> None:
    position = draw(Law(sorted=0.3, **SMALL), 2000)[0]
    members = position.reshape(2000, 2, 30)
    in_order = (np.diff(members) >= 0).all(-1)
    assert (in_order[:, 0] == in_order[:, 1]).all()
    assert in_order[:, 0].mean() == pytest.approx(0.3, abs=0.05)
    positions = draw(Law(sorted=0, **SMALL), 300)[0]
    first_given, last_asked = positions[:, 30], positions[:, -1]  # out of order, what is given is anywhere
    assert first_given.mean() == pytest.approx(10, abs=0.9)
    assert last_asked.mean() == pytest.approx(10, abs=0.9)


def test_gaps_leave_target_points_between_context_ones() -> None:
    position, member, _, is_given = draw(Law(gaps=True, **SMALL), 500)
    assert (is_given.sum(1) == 35).all()
    assert is_given[:, :35].all()
    assert (np.diff(position[:, 30:35]) >= 0).all()
    assert (np.diff(position[:, 35:]) >= 0).all()
    assert (position[:, 34] > position[:, 35]).mean() > 0.99
    assert position[:, 30:35].mean() == pytest.approx(10, abs=0.3)
    assert (member[:, 30:] == member[:, -1:]).all()


def test_the_tail_lies_beyond() -> None:
    position, _, _, is_given = draw(Law(tail=(15.1, 20), **SMALL), 300)
    partner, own, asked = position[:, :30], position[:, 30:35], position[:, 35:]
    assert not is_given[:, 35:].any()
    assert own.max() <= 15 < 15.1 <= asked.min()
    assert 19.9 < asked.max() <= 20
    assert partner.min() < 5.1
    assert 19.9 < partner.max() <= 20
    single, _, _, _ = draw(Law(members=1, tail=(15.1, 20), **SMALL), 100)
    assert single[:, :5].max() <= 15 < 15.1 <= single[:, 5:].min()


def test_a_shuffle_gives_any_points() -> None:
    position, member, _, is_given = draw(Law(regime="shuffle", context=50, points=40), 400)
    assert (is_given.sum(1) == 50).all()
    assert is_given[:, :50].all()
    assert member[:, :50].mean() == pytest.approx(0.5, abs=0.02)
    assert member[:, -1].mean() == pytest.approx(0.5, abs=0.1)
    assert (np.diff(position[:, :50]) > 0).mean() == pytest.approx(0.5, abs=0.02)


def test_half_of_half_half_is_a_shuffle() -> None:
    _, member, _, is_given = draw(Law(regime="half_half", **SMALL), 2000)
    number = is_given.sum(1)
    assert set(number.tolist()) == {5, 35}
    whole = number == 35
    assert whole.mean() == pytest.approx(0.5, abs=0.05)
    assert member[whole, 0].mean() == pytest.approx(0.5, abs=0.07)
    assert (np.diff(is_given.astype(int)) <= 0).all()


@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 12),
    seed=st.integers(0, 1000),
    members=st.sampled_from([1, 2]),
    points=st.integers(2, 20),
    regime=st.sampled_from(["shuffle", "full_infer", "half_half"]),
    kernel=st.sampled_from(["rbf", "periodic", "matern"]),
    gaps=st.booleans(),
    share=st.sampled_from([0, 0.5, 1]),
)
def test_shapes_and_repeatability(count, seed, members, points, regime, kernel, gaps, share) -> None:
    law = Law(
        members=members,
        points=points,
        regime=regime,
        kernel=kernel,
        gaps=gaps,
        sorted=share,
        context=points - 1,
    )
    first, second = (
        gaussian_process.generate(law, count, torch.Generator().manual_seed(seed)) for _ in range(2)
    )
    assert first["context"].shape == (count, 3, members * points)
    assert first["target"].shape == (count, 1, members * points)
    for name in first:
        np.testing.assert_array_equal(first[name].numpy(), second[name].numpy())
    context, target = first["context"], first["target"]
    assert (context[:, 2].isnan() != target[:, 0].isnan()).all()
    assert context[:, :2].isfinite().all()
    for member in range(members):
        assert ((context[:, 1] == member).sum(1) == points).all()


@pytest.mark.parametrize(
    ("law", "message"),
    [
        ({"range": [15, 5]}, "range .* does not run upwards"),
        ({"tail": [20, 16]}, "tail .* does not run upwards"),
        ({"tail": [14, 16]}, "tail .* begins within range"),
        ({"tail": [15, 16], "regime": "shuffle"}, "tail is of regime full_infer"),
        ({"tail": [15, 16], "gaps": True}, "gaps leave points"),
        ({"context": 200}, "context 200 leaves nothing to ask for of 200"),
        ({"context": 400, "regime": "shuffle"}, "context 400 leaves nothing to ask for of 400"),
        ({"members": 1, "second_length_scale": 0.4}, "second_length_scale is of the second"),
        ({"smoothness": 2}, "smoothness 2 has no closed form"),
        ({"members": 3}, "members"),
        ({"length_scale": 0}, "length_scale"),
        ({"noise_std": -1}, "noise_std"),
    ],
)
def test_a_law_that_cannot_be_is_refused(law: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=f"datasets.x.law.*{message}"):
        validate(Law, law, "datasets.x.law")


def test_what_a_dataset_of_the_law_has() -> None:
    told = gaussian_process.describe(Law(members=1, points=30))
    assert (told["channels"], told["length"]) == (1, 30)
