"""Trained models as estimators of scikit-learn: what they give is what `predict` gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from support.arrays import WRIST, acceleration, noisy, shaken
from support.calibrated import calibrated
from support.models import signals, trained
from tidemark.core.errors import InputError
from tidemark.estimators import Classifier, Denoiser
from tidemark.prediction.model import Model


def test_a_denoiser_in_a_pipeline(gru: Model) -> None:
    random = np.random.default_rng(0)
    X, y = noisy(20, 100)[:, :90], random.normal(size=20)
    X[:, 17] = 20.0
    denoiser = Denoiser("sine-gru")
    assert denoiser.get_params() == {"model": "sine-gru", "rescale": False, "unchecked": False}
    copy = clone(denoiser)
    assert copy is not denoiser and copy.get_params() == denoiser.get_params()
    np.testing.assert_allclose(copy.transform(X), gru.predict(X[:, None])[:, 0])
    np.testing.assert_array_equal(copy.fit_transform(X), copy.transform(X))
    assert copy.n_features_in_ == 90 and len(copy.get_feature_names_out()) == 90
    assert copy.set_params(model=gru).fit(X).model_ is gru
    clone(Denoiser(gru)).fit(X)
    pipeline = make_pipeline(Denoiser("sine-gru"), Ridge()).fit(X, y)
    np.testing.assert_allclose(
        pipeline.predict(X), Ridge().fit(copy.transform(X), y).predict(copy.transform(X))
    )
    with pytest.raises(ValueError, match="90 features"):
        copy.transform(X[:, :50])
    assert isinstance(copy.set_output(transform="pandas").transform(X), pd.DataFrame)


def test_what_a_refusal_advises_can_be_chosen_of_an_estimator() -> None:
    windows = 20 + np.random.default_rng(0).normal(0, 1, (50, 1, 20))
    model = Model(
        calibrated(lambda inputs: inputs / 2, (windows - 20) / 3, windows * 0, mean=[20.0], std=[3.0])
    )
    X = 1000 * windows[:5, 0]
    with pytest.raises(InputError, match="predict with rescale, .* or predict with unchecked anyway"):
        Denoiser(model).fit_transform(X)
    for options in ({"rescale": True}, {"unchecked": True}):
        found = Denoiser(model, **options).fit_transform(X)
        np.testing.assert_array_equal(found, model.predict(X[:, None], **options)[:, 0])


def test_what_a_mask_hides_is_missing_in_rows_of_signals_too(gru: Model) -> None:
    hidden = np.ma.masked_array(np.nan_to_num(noisy(5, 100), nan=9e9), np.isnan(noisy(5, 100)))
    denoiser = Denoiser(gru).fit(hidden)
    np.testing.assert_array_equal(denoiser.transform(hidden), denoiser.transform(noisy(5, 100)))
    windows = np.ma.masked_array(np.ones((2, 3, 400)), False)
    windows[1, 2, 3] = np.ma.masked
    with pytest.raises(ValueError, match="NaN"):
        Classifier(Model(trained(shaken, signals(**WRIST)))).predict(windows)


def test_a_classifier_of_windows() -> None:
    model = Model(trained(shaken, signals(**WRIST)))
    windows = np.nan_to_num(acceleration(), nan=-0.6).reshape(3, 8, 400).swapaxes(0, 1)
    y = ["still"] * 4 + ["moving"] * 4
    classifier = clone(Classifier(model))
    assert classifier.get_params()["units"] == "g"
    assert classifier.fit(windows, y).score(windows, y) == 1
    probabilities = classifier.predict_proba(windows)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-6)
    assert classifier.classes_[probabilities.argmax(1)].tolist() == classifier.predict(windows).tolist() == y
    flat = Classifier(model).fit(windows.reshape(8, -1))
    np.testing.assert_array_equal(flat.predict_proba(windows.reshape(8, -1)), probabilities)
    with pytest.raises(InputError, match=r"X of shape \(8, 3, 200\): expected \(windows, 3, 400\)"):
        Classifier(model).predict(windows[:, :, :200])
    with pytest.raises(InputError, match=r"^units = 'feet': expected g or m/s2"):
        Classifier(model, units="feet").predict(windows)
