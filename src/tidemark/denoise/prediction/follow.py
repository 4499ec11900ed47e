"""A trained denoiser on lines as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tidemark.denoise.prediction.command import estimates_of, estimator
from tidemark.prediction.ends import widths_of
from tidemark.prediction.following import Following
from tidemark.prediction.likeness import demand_of
from tidemark.prediction.promptly import rewrite_promptly

if TYPE_CHECKING:
    from tidemark.core.trained import Trained


def follow(model: Trained, **options: Any) -> None:
    """Write each row with its estimate: at once by a causal model, else after a window's length."""
    demand, widths = demand_of(model, options), widths_of(model, options)
    rewrite_promptly(
        model.info.dataset,
        estimator(estimates_of(model), model.info.causal, widths, prompt=True),
        demand=demand,
        interval=widths is not None,
        **options,
    )


FOLLOWING = Following(("columns", "time_column", "interval", "rescale", "unchecked", "missing"), follow)
