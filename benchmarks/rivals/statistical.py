"""statsforecast on forecast windows: each is fitted to the series before its origin, the whole history if best.

Run in the rivals' environment: python benchmarks/rivals/statistical.py DATASET [RIVAL ...]
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from rival import Array, Data, Options, Rival, Split, before, filled, grid, main, mean_squared_error
from statsforecast.models import MFLES, MSTL, AutoARIMA, AutoCES, AutoETS, AutoTheta

YEAR = 52.1775
"""In weeks; AutoARIMA's own season is a whole number and too slow at 52, so that it is given Fourier terms."""


def each(make: Callable[[Options], Any]) -> Callable[[Options, Split, Any, Data], Array]:
    """Forecasts window by window of a model that is made anew for each."""

    def predict(options: Options, split: Split, learned: Any, data: Data) -> Array:
        horizon = data.about["horizon"]
        rows = [filled(row) for row in before(split, options.get("samples"))]
        return np.stack([forecast(make(options), row, horizon, options) for row in rows])[:, None]

    return predict


def forecast(model: Any, row: Array, horizon: int, options: Options) -> Array:
    """Of one series; with `harmonics`, sines and cosines of the year are regressors."""
    if not options.get("harmonics"):
        return model.forecast(y=row, h=horizon)["mean"]
    turns = 2 * np.pi * np.arange(len(row) + horizon)[:, None] / options["period"]
    turns = turns * np.arange(1, options["harmonics"] + 1)
    terms = np.concatenate([np.sin(turns), np.cos(turns)], 1)
    return model.forecast(y=row, h=horizon, X=terms[: len(row)], X_future=terms[len(row) :])["mean"]


def mstl(trend: Callable[[], Any]) -> Callable[[Options], Any]:
    return lambda options: MSTL(options["season"], trend_forecaster=trend())


def rivals(data: Data) -> Mapping[str, Rival]:
    """Those that make sense on the dataset."""

    def one(make: Callable[[Options], Any], options: list[dict[str, Any]], validation: int) -> Rival:
        return Rival("statsforecast", options, each(make), validation=validation, per_window=True)

    def theta(options: Options) -> Any:
        return AutoTheta(options["season"], decomposition_type="additive")

    if data.about["name"] == "co2-weekly":
        long = [520, 1040, None, 260]
        return {
            "mstl-autoarima": one(mstl(AutoARIMA), grid(season=[52], samples=long), 40),
            "mstl-autoets": one(mstl(lambda: AutoETS(model="ZZN")), grid(season=[52], samples=long), 40),
            "mstl-autotheta": one(mstl(AutoTheta), grid(season=[52], samples=long), 20),
            "autotheta": one(theta, grid(season=[52], samples=[260, 520, 1040, None]), 20),
            "mfles": one(lambda o: MFLES(o["season"]), grid(season=[52], samples=[260, 520, None]), 40),
            "autoarima-fourier": one(
                lambda o: AutoARIMA(seasonal=False),
                grid(samples=[260, 520], harmonics=[3, 2, 4], period=[YEAR]),
                20,
            ),
        }
    if data.about["name"] == "sunspots":
        return {
            "mstl-autoarima": one(mstl(AutoARIMA), grid(season=[11], samples=[100, 150, 300]), 38),
            "mstl-autoets": one(
                mstl(lambda: AutoETS(model="ZZN")), grid(season=[11], samples=[100, 150, 300]), 38
            ),
            "autotheta": one(theta, grid(season=[11, 1], samples=[60, 100, 300]), 19),
            "autoets": one(lambda o: AutoETS(o["season"]), grid(season=[11, 1], samples=[100, 300]), 10),
            "autoces": one(lambda o: AutoCES(o["season"]), grid(season=[11, 1], samples=[100, 300]), 10),
            "autoarima": one(lambda o: AutoARIMA(seasonal=False), grid(samples=[300, 100, 150]), 19),
            "autoarima-larger": one(
                lambda o: AutoARIMA(seasonal=False, d=0, max_p=12, max_q=4, max_order=16, start_p=9),
                grid(samples=[300, 150]),
                10,
            ),
            "autoarima-seasonal": one(lambda o: AutoARIMA(season_length=11), grid(samples=[150, 300]), 5),
        }
    return {
        "autoarima": one(
            lambda o: AutoARIMA(seasonal=False, max_p=o["most"], max_q=o["most"], max_order=2 * o["most"]),
            grid(most=[5]),
            10,
        ),
    }


if __name__ == "__main__":
    main(rivals, mean_squared_error)
