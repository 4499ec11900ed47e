"""The plane: neighbours stay neighbours, scales do not count, the same bytes each time."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from threadpoolctl import threadpool_limits

from tidemark.core.errors import InputError
from tidemark.infer.projection.plane import evenly, plane, standardised


@pytest.fixture(scope="module")
def clusters() -> np.ndarray:
    """Three clusters of 30 points each in 8 dimensions."""
    random = np.random.default_rng(0)
    centres = 10 * random.standard_normal((3, 8))
    return (np.repeat(centres, 30, axis=0) + random.standard_normal((90, 8))).astype(np.float32)


def test_neighbours_stay_neighbours(clusters: np.ndarray) -> None:
    places = plane(clusters, 10, 0, "p")
    assert places.shape == (90, 2)
    assert trustworthiness(clusters, places) > 0.9
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    np.testing.assert_array_equal(distances.argmin(1) // 30, np.arange(90) // 30)


def test_the_scale_of_a_feature_does_not_count(clusters: np.ndarray) -> None:
    scaled = clusters * 2.0 ** np.arange(-4, 4)  # powers of two: rounding stays the same
    np.testing.assert_array_equal(plane(scaled, 10, 0, "p"), plane(clusters, 10, 0, "p"))


def test_the_number_of_threads_does_not_count(clusters: np.ndarray) -> None:
    with threadpool_limits(1):
        one = plane(clusters, 10, 3, "p")
    with threadpool_limits(2):
        two = plane(clusters, 10, 3, "p")
    assert one.tobytes() == two.tobytes()


def test_features_are_standardised_and_constant_ones_left_out() -> None:
    random = np.random.default_rng(1)
    features = random.normal(5, 3, (50, 4)).astype(np.float32)
    features[:, 1] = 7
    features[::2, 1] = np.nextafter(np.float32(7), np.float32(8))  # a constant as float32 has it
    features[:, 3] = 0
    found = standardised(features, "p")
    assert found.shape == (50, 2)
    np.testing.assert_allclose(found.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(found.std(0), 1)
    np.testing.assert_allclose(np.corrcoef(found[:, 1], features[:, 2])[0, 1], 1)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.ones((40, 3)), r"p\.layer: 0 of the layer's 3 features vary"),
        (np.arange(40.0)[:, None], r"p\.layer: 1 of the layer's 1 features vary"),
        (np.full((40, 3), np.nan), r"p\.layer: .* not finite"),
        (np.arange(30.0).reshape(10, 3), r"p\.perplexity = 10: there are 10 points, expected more"),
        (np.zeros((0, 3)), r"p\.perplexity = 10: there are 0 points, expected more"),
    ],
)
def test_features_that_show_nothing_are_named(features: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        plane(features, 10, 0, "p")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("count", "wanted", "expected"),
    [(5, 5, range(5)), (3, 10, range(3)), (9, 3, [0, 4, 8]), (7, 1, [0]), (0, 4, [])],
)
def test_places_are_evenly_spread(count: int, wanted: int, expected: list[int]) -> None:
    assert evenly(count, wanted).tolist() == list(expected)


def test_no_place_twice() -> None:
    for wanted in (2, 50, 99, 100):
        places = evenly(100, wanted)
        assert len(set(places)) == wanted
        assert np.ptp(np.diff(places)) <= 1
