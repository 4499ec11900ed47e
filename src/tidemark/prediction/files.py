"""A trained model on a file, whatever its task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

from tidemark.core.errors import InputError
from tidemark.prediction.model import Model

if TYPE_CHECKING:
    from tidemark.prediction import infer


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
    std: bool = False,
    columns: Sequence[str] = (),
    time_column: str | None = None,
    kind: str | None = None,
) -> Prediction:
    """Denoise, forecast or infer, as the model does; see `denoise_file`, `forecast_file` and `infer_file`.

    Raises `InputError` where `horizon` is given to a model that does not forecast, or `std` to one that does
    not infer.
    """
    task = model.info.task
    if std and task != "infer":
        raise InputError(f"--std: the model's task is {task}; leave it out, or name a model that infers")
    if task == "forecast":
        from tidemark.prediction.forecast import forecast_file

        return forecast_file(
            model, source, destination, horizon=horizon, columns=columns, time_column=time_column, kind=kind
        )
    if horizon is not None:
        raise InputError(
            f"--horizon = {horizon}: the model's task is {task}; leave it out, or name a model that forecasts"
        )
    if task == "infer":
        from tidemark.prediction.infer import infer_file

        inferring = cast("infer.Model", model)
        return infer_file(
            inferring, source, destination, std=std, columns=columns, time_column=time_column, kind=kind
        )
    if task != "denoise":
        raise InputError(f"the model's task is {task}; name one that denoises, forecasts or infers")
    from tidemark.prediction.denoise import denoise_file

    return denoise_file(model, source, destination, columns=columns, time_column=time_column, kind=kind)
