"""What authors printed of their own runs on one dataset, as pipelines/<task>/published.yaml has it."""

from __future__ import annotations

from collections.abc import Mapping

from tidemark.core.frozen import Frozen


class Published(Frozen):
    """Of one dataset."""

    metric: str
    scores: Mapping[str, Mapping[str, float]]
    """Label of a predictor → test set → value."""
    length: int | None = None
    """Samples of a signal at the published size."""
