"""A trained classifier of acceleration where scikit-learn expects one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import validate_data

from tidemark.classify.prediction.memory import probabilities_of
from tidemark.core.errors import InputError
from tidemark.core.store import Array
from tidemark.prediction.arguments import unmasked
from tidemark.prediction.memory import options_by_name
from tidemark.prediction.model import Model
from tidemark.prediction.pretrained import Pretrained


class Classifier(ClassifierMixin, Pretrained):  # type: ignore[misc]
    """X holds windows, (windows, 3, samples) or (windows, 3 × samples), at the model's rate, without gaps."""

    expected = "a model that classifies"

    def __init__(self, model: str | Path | Model, units: str = "g", *, unchecked: bool = False) -> None:
        """By the name of a trained model, its folder, or itself; options are those of `Model.predict`."""
        self.model = model
        self.units = units
        self.unchecked = unchecked

    def fit(self, X: Any, y: Any = None) -> Self:
        """Load the model, which is trained already; nothing is learned from X and y."""
        validate_data(self, unmasked(X), allow_nd=True)
        self.model_ = self._loaded()
        self.classes_ = np.array(self.model_.info.dataset.classes)
        return self

    def predict(self, X: Any) -> Array:
        """The most probable class of each window, (windows,) of text."""
        found = self.predict_proba(X)
        return np.asarray(np.array(self._known().info.dataset.classes)[found.argmax(1)])

    def predict_proba(self, X: Any) -> Array:
        """Probabilities, (windows, classes) in the order of `classes_`; `InputError` at other windows."""
        windows = validate_data(self, unmasked(X), allow_nd=True, reset=not self._is_fitted)
        model = self._known()
        length = model.info.dataset.length
        if windows.shape[1:] not in ((3, length), (3 * length,)):
            raise InputError(
                f"X of shape {windows.shape}: expected (windows, 3, {length}) or (windows, {3 * length})"
            )
        joined = windows.reshape(-1, 3, length).swapaxes(0, 1).reshape(3, -1)
        with options_by_name():
            return probabilities_of(model.trained, joined, units=self.units, unchecked=self.unchecked)

    def _takes(self, model: Model) -> bool:
        return model.task == "classify"

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
