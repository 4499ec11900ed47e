"""Trained models as estimators of scikit-learn."""

from __future__ import annotations

from tidemark.classify.prediction.classifier import Classifier
from tidemark.denoise.prediction.transformer import Denoiser

__all__ = ["Classifier", "Denoiser"]
