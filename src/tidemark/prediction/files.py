"""A trained model on a file, whatever its task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tidemark.core.errors import InputError
from tidemark.prediction.model import Model


class Prediction(Protocol):
    """What was done."""

    @property
    def destination(self) -> str:
        """Path of the new file, or `-`."""
        ...

    @property
    def summary(self) -> str:
        """The same in a line, for the user."""
        ...


def predict_file(
    model: Model,
    source: str,
    destination: str | None = None,
    *,
    horizon: int | None = None,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    kind: str | None = None,
) -> Prediction:
    """Denoise or forecast a file, as the model does; see `denoise_file` and `forecast_file`.

    Raises `InputError` where `horizon` is given to a model that does not forecast.
    """
    task = model.info.task
    if task == "forecast":
        from tidemark.prediction.forecast import forecast_file

        return forecast_file(
            model, source, destination, horizon=horizon, columns=columns, time_column=time_column, kind=kind
        )
    if horizon is not None:
        raise InputError(
            f"--horizon = {horizon}: the model's task is {task}; leave it out, or name a model that forecasts"
        )
    if task != "denoise":
        raise InputError(f"the model's task is {task}; name one that denoises or forecasts")
    from tidemark.prediction.denoise import denoise_file

    return denoise_file(model, source, destination, columns=columns, time_column=time_column, kind=kind)
