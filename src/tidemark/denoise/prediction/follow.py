"""A trained denoiser on lines as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemark.denoise.prediction.command import estimates_of, estimator
from tidemark.prediction.following import Following
from tidemark.prediction.promptly import rewrite_promptly

if TYPE_CHECKING:
    from tidemark.core.trained import Trained


def follow(model: Trained, **options: Any) -> None:
    """Write each row with its estimate: at once by a causal model, else after a window's length."""
    info = model.info.dataset
    rewrite_promptly(info, estimator(info, estimates_of(model), model.info.causal, prompt=True), **options)


FOLLOWING = Following(("columns", "time_column"), follow)
