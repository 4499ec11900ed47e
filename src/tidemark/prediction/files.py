"""A trained model on a file, whatever its task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

from tidemark.core.errors import InputError
from tidemark.prediction.model import Model

if TYPE_CHECKING:
    from tidemark.prediction import classify, infer


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
    units: str | None = None,
) -> Prediction:
    """Denoise, forecast, infer or classify, as the model does; see `denoise_file` and its siblings.

    Raises `InputError` where `horizon` is given to a model that does not forecast, `std` to one that does
    not infer, `units` to one that does not classify, or what only the others take to one that does.
    """
    task = model.info.task
    if units is not None and task != "classify":
        raise InputError(
            f"--units: the model's task is {task}; leave it out, or name a model that classifies"
        )
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
    if task == "classify":
        from tidemark.prediction.classify import classify_file

        if columns or time_column or kind:
            raise InputError(
                "--column, --time-column, --format: the model classifies files with columns time, x, y, z; "
                "leave them out"
            )
        if units not in (None, "g", "m/s2"):
            raise InputError(f"--units = {units!r}: expected g or m/s2")
        classifying = cast("classify.Model", model)
        return classify_file(classifying, source, destination, unit="m/s2" if units == "m/s2" else "g")
    if task != "denoise":
        raise InputError(
            f"the model's task is {task}; name one that denoises, forecasts, infers or classifies"
        )
    from tidemark.prediction.denoise import denoise_file

    return denoise_file(model, source, destination, columns=columns, time_column=time_column, kind=kind)
