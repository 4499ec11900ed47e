"""Points in the order in which a model sees them, and the scale that what is given sets."""

import numpy as np
import pytest

from tidemark.infer.points import from_points, scale_of_context, to_points

NAN = np.nan


def pieces(seed: int, windows: int = 5, sequences: int = 2, length: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Values given and asked for at random places, some of them neither."""
    random = np.random.default_rng(seed)
    values = random.standard_normal((windows, sequences, length))
    part = random.integers(0, 3, values.shape)
    return np.where(part == 0, values, NAN), np.where(part == 1, values, NAN)


@pytest.mark.parametrize("sequences", [1, 2])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_points_equal_a_loop(seed: int, sequences: int) -> None:
    given, asked = pieces(seed, sequences=sequences)
    member = np.tile([[1], [0]], (1, 5)).T[:, :sequences]
    context, target, _ = to_points(given, asked, member)
    assert context.shape == (5, 3, 9 * sequences)
    assert target.shape == (5, 1, 9 * sequences)
    assert context.dtype == target.dtype == np.float32
    for window in range(5):
        parts: list[list[tuple[float, ...]]] = [[], [], []]
        for sequence in range(sequences):
            for sample in range(9):
                at = (window, sequence, sample)
                part = 0 if np.isfinite(given[at]) else 1 if np.isfinite(asked[at]) else 2
                position = 5 + 10 * sample / 8
                parts[part].append((position, member[window, sequence], given[at], asked[at]))
        expected = np.array([*parts[0], *parts[1], *parts[2]]).T
        np.testing.assert_allclose(context[window], expected[:3], rtol=1e-6)
        np.testing.assert_allclose(target[window], expected[3:], rtol=1e-6)


def test_points_are_put_back_where_they_were() -> None:
    given, asked = pieces(3)
    context, target, order = to_points(given, asked, np.tile([0, 1], (5, 1)))
    back = from_points(np.concatenate([context[:, 2:], target], 1), order, 2)
    assert back.shape == (5, 2, 2, 9)
    np.testing.assert_array_equal(back[:, 0], given.astype(np.float32))
    np.testing.assert_array_equal(back[:, 1], asked.astype(np.float32))


def test_scale_is_the_mean_of_each_and_the_largest_distance_of_all() -> None:
    given = np.array([[[1.0, 3.0, NAN, 2.0], [NAN, 10.0, 15.0, NAN]]])
    level, size = scale_of_context(given)
    assert level.tolist() == [[[2.0], [12.5]]]
    assert size.tolist() == [[[2.5]]]


@pytest.mark.parametrize(
    ("given", "level", "size"),
    [
        ([[4.0, 6.0], [NAN, NAN]], [5.0, 5.0], 1.0),  # nothing of the second: it lies where the first does
        ([[NAN, NAN], [NAN, NAN]], [0.0, 0.0], 1.0),
        ([[0.1, 0.1, 0.1], [7.0, NAN, NAN]], [0.1, 7.0], 1.0),  # nothing moves
        ([[0.1] * 7], [0.1], 1.0),
    ],
)
def test_scale_where_there_is_little_context(
    given: list[list[float]], level: list[float], size: float
) -> None:
    found, largest = scale_of_context(np.array([given]))
    assert found[0, :, 0].tolist() == level
    assert largest.tolist() == [[[size]]]
