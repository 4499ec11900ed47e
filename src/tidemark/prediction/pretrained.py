"""A trained model where scikit-learn expects an estimator: it is loaded, and nothing is fitted."""

from __future__ import annotations

from pathlib import Path

from sklearn.base import BaseEstimator
from sklearn.utils import Tags

from tidemark.core.errors import InputError
from tidemark.prediction.model import Model, load


class Pretrained(BaseEstimator):  # type: ignore[misc]
    """What estimators of all tasks share; `model` is a constructor's argument, as scikit-learn asks."""

    model: str | Path | Model
    model_: Model
    """Once it is fitted."""
    expected: str
    """What a model has to be, in words."""

    @property
    def _is_fitted(self) -> bool:
        return "model_" in vars(self)

    def _takes(self, model: Model) -> bool:
        """Whether the model is one that this estimator is for."""
        raise NotImplementedError

    def _known(self) -> Model:
        """The model that was fitted, else the one that is named."""
        return self.model_ if self._is_fitted else self._loaded()

    def _loaded(self) -> Model:
        model = self.model if isinstance(self.model, Model) else load(self.model)
        if not self._takes(model):
            raise InputError(f"{model!r}: expected {self.expected}")
        return model

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
