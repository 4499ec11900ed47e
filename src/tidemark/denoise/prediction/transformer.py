"""A trained denoiser where scikit-learn expects a transformer, in a pipeline for example."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import validate_data

from tidemark.core.store import Array
from tidemark.prediction.arguments import unmasked
from tidemark.prediction.model import Model
from tidemark.prediction.pretrained import Pretrained


class Denoiser(OneToOneFeatureMixin, TransformerMixin, Pretrained):  # type: ignore[misc]
    """Rows of X are noisy signals of one channel, in the recording's units; NaN is missing, and stays."""

    expected = "a model that denoises signals of one channel"

    def __init__(self, model: str | Path | Model, *, rescale: bool = False, unchecked: bool = False) -> None:
        """By the name of a trained model, its folder, or itself; options are those of `Model.predict`."""
        self.model = model
        self.rescale = rescale
        self.unchecked = unchecked

    def fit(self, X: Any, y: Any = None) -> Self:
        """Load the model, which is trained already; nothing is learned from X (signals, samples)."""
        validate_data(self, unmasked(X), ensure_all_finite="allow-nan")
        self.model_ = self._loaded()
        return self

    def transform(self, X: Any) -> Array:
        """Denoised signals, (signals, samples); raises `InputError` where the model cannot take them."""
        signals = validate_data(self, unmasked(X), ensure_all_finite="allow-nan", reset=not self._is_fitted)
        model = self._known()
        found = model.predict(signals[:, None], rescale=self.rescale, unchecked=self.unchecked)
        return np.asarray(found[:, 0])

    def _takes(self, model: Model) -> bool:
        return model.task == "denoise" and model.info.dataset.channels == 1

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
