"""Pictures of classes: which windows, and what of them."""

from pathlib import Path

import numpy as np
from scipy.signal import stft

from tidemark.classify.spectrograms import gallery
from tidemark.core import store

INFO = store.DatasetInfo(
    "some", "classify", "recorded", 3, 60, 20.0, "s", "g", 4, {"train": 40},
    classes=("a", "b", "c"), picture=(7, 9),
    spectrogram={"window": "hann", "length": 12, "hop": 6, "precision": "float32"},
)  # fmt: skip


def split() -> dict[str, store.Array]:
    """30 windows of class 0, 4 of class 2."""
    rng = np.random.default_rng(0)
    label = np.array([0] * 15 + [2] * 4 + [0] * 15)
    return {"signal": rng.normal(size=(34, 3, 60)).astype("float32"), "label": label}


def expected(signal: store.Array) -> store.Array:
    norm = np.linalg.norm(signal.astype(np.float64), axis=1)
    _, _, z = stft(norm, nperseg=12, noverlap=6, window="hann", boundary=None, padded=False)
    return np.log(np.abs(z) * 6 + 1e-16)


def test_they_are_spectrograms_of_the_norm_and_nan_where_there_is_none() -> None:
    found, given = gallery.pictures(INFO, split()), split()
    first = found["first"]
    assert first.shape == found["random"].shape == (3, 10, 7, 9)
    assert first.dtype == np.float16
    np.testing.assert_allclose(first[0], expected(given["signal"][:10]), rtol=2e-3, atol=5e-3)
    np.testing.assert_allclose(first[2, :4], expected(given["signal"][15:19]), rtol=2e-3, atol=5e-3)
    assert np.isnan(first[2, 4:]).all() and np.isnan(first[1]).all()
    np.testing.assert_array_equal(found["random"][2], first[2])


def test_random_ones_are_of_the_class_each_once_and_the_seed_s() -> None:
    found, given = gallery.pictures(INFO, split())["random"], split()
    every = expected(given["signal"]).astype(np.float16)
    distance = np.abs(found[0][:, None].astype(float) - every[None].astype(float)).max((2, 3))
    place = distance.argmin(1)
    assert len(set(place.tolist())) == 10
    assert (given["label"][place] == 0).all()
    np.testing.assert_array_equal(gallery.pictures(INFO, given)["random"], found)


def test_files(tmp_path: Path) -> None:
    gallery.write(tmp_path / "plots", INFO, split(), {"classes": ["a"]})
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == [
        "first.npy", "random.npy", "study.json",
    ]  # fmt: skip
    assert store.read_json(tmp_path / "plots" / "study.json") == {"classes": ["a"]}
