"""scikit-learn on windows of wrist acceleration: of features of its own, and of log spectrograms.

Run in the rivals' environment: python benchmarks/rivals/classifiers.py wrist [RIVAL ...]
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from rival import Array, Data, Options, Rival, Split, grid, main
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifierCV
from sklearn.metrics import cohen_kappa_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

BANDS = np.geomspace(0.3, 25, 16)
"""Edges in Hz of the bands of the spectrum."""
CHUNK = 256
_cache: dict[int, Array] = {}


def less_agreement(prediction: Array, split: Split) -> float:
    """1 − Cohen's κ of the most probable class."""
    return 1 - float(cohen_kappa_score(split["label"], prediction.argmax(1)))


def features(split: Split, rate: float) -> Array:
    """Moments, posture, quantiles, jerk, autocorrelation and band powers of axes and norm."""
    signal = split["signal"]
    if id(signal) not in _cache:
        parts = [_features(signal[i : i + CHUNK], rate) for i in range(0, len(signal), CHUNK)]
        _cache[id(signal)] = np.concatenate(parts)
    return _cache[id(signal)]


def _features(signal: Array, rate: float) -> Array:
    axes = signal.astype(np.float64)
    norm = np.sqrt(np.square(axes).sum(1, keepdims=True))
    every = np.concatenate([axes, norm], 1)
    mean = every.mean(2, keepdims=True)
    moving = every - mean
    std = moving.std(2)
    power = np.square(np.abs(np.fft.rfft(moving * np.hanning(moving.shape[2]))))
    frequency = np.fft.rfftfreq(moving.shape[2], 1 / rate)
    bands = np.stack([power[..., (frequency >= a) & (frequency < b)].sum(-1) for a, b in pairwise(BANDS)], -1)
    total = power.sum(-1, keepdims=True) + 1e-12
    # Autocorrelation at lags of a quarter of a second to two.
    lags = (np.arange(1, 9) * rate / 4).astype(int)
    self = np.stack([(moving[..., :-lag] * moving[..., lag:]).mean(-1) for lag in lags], -1)
    self = self / np.maximum(np.square(std), 1e-9)[..., None]
    pairs = np.stack(
        [
            (moving[:, a] * moving[:, b]).mean(-1) / np.maximum(std[:, a] * std[:, b], 1e-9)
            for a, b in ((0, 1), (0, 2), (1, 2))
        ],
        -1,
    )
    # How much windows of a second differ among themselves: still, moving, or now and then.
    seconds = every[..., : every.shape[2] // int(rate) * int(rate)].reshape(*every.shape[:2], -1, int(rate))
    own = seconds.std(-1)
    parts = [
        mean[..., 0], np.log(std + 1e-4), np.moveaxis(np.percentile(moving, [2, 10, 25, 75, 90, 98], axis=2), 0, 2),
        np.log(np.abs(np.diff(every, axis=2)).mean(2) + 1e-4), np.log(bands + 1e-9), np.log(bands / total + 1e-6),
        self, pairs, np.log(np.moveaxis(np.percentile(own, [10, 50, 90], axis=2), 0, 2) + 1e-4),
        seconds.mean(-1).std(-1), np.arctan2(mean[:, 0], np.hypot(mean[:, 1], mean[:, 2])),
    ]  # fmt: skip
    return np.concatenate([part.reshape(len(axes), -1) for part in parts], 1)


def fitted(make: Callable[[Options], Any]) -> Callable[[Options, Data], Any]:
    def fit(options: Options, data: Data) -> Any:
        train = data.splits["train"]
        return make(options).fit(features(train, data.about["sampling_rate"]), train["label"])

    return fit


def predict(options: Options, split: Split, learned: Any, data: Data) -> Array:
    rows = features(split, data.about["sampling_rate"])
    if hasattr(learned, "predict_proba"):
        found = learned.predict_proba(rows)
    else:
        score = learned.decision_function(rows) * 3
        found = np.exp(score - score.max(1, keepdims=True))
        found /= found.sum(1, keepdims=True)
    result = np.zeros((len(rows), len(data.about["classes"])))
    result[:, learned.classes_] = found
    return result


def rivals(data: Data) -> Mapping[str, Rival]:
    """All."""

    def one(make: Callable[[Options], Any], options: list[dict[str, Any]]) -> Rival:
        return Rival("scikit-learn", options, predict, fitted(make))

    return {
        "gradient-boosting": one(
            lambda o: HistGradientBoostingClassifier(
                max_iter=o["rounds"], learning_rate=0.1, max_leaf_nodes=o["leaves"],
                max_features=o["share"], random_state=0,
            ),
            grid(rounds=[60], leaves=[8, 31], share=[0.1]),
        ),
        "extra-trees": one(
            lambda o: ExtraTreesClassifier(
                400, min_samples_leaf=o["leaf"], max_features=o["share"], random_state=0
            ),
            grid(leaf=[1, 3], share=["sqrt", 0.2]),
        ),
        "logistic-regression": one(
            lambda o: make_pipeline(StandardScaler(), LogisticRegression(C=o["c"], max_iter=300)),
            grid(c=[0.003, 0.01, 0.1]),
        ),
        "support-vectors": one(
            lambda o: make_pipeline(StandardScaler(), SVC(C=o["c"], gamma=o["gamma"] / 240, decision_function_shape="ovr")),
            grid(c=[1, 5, 20], gamma=[0.1, 0.3, 1.0]),
        ),
        "ridge": one(
            lambda o: make_pipeline(StandardScaler(), RidgeClassifierCV(o["penalties"])),
            grid(penalties=[[1, 10, 100, 1000]]),
        ),
    }  # fmt: skip


if __name__ == "__main__":
    main(rivals, less_agreement)
