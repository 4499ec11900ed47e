"""scikit-learn on forecast windows: ridge, gradient boosting, a Gaussian process with a practitioner's kernel.

Run in the rivals' environment: python benchmarks/rivals/regression.py DATASET [RIVAL ...]
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from rival import Array, Data, Options, Rival, Split, before, filled, grid, main, mean_squared_error
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, ExpSineSquared, Matern, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge


def inputs(split: Split, options: Options) -> tuple[Array, Array]:
    """Values before each forecast, gaps filled, less a level; and the level (windows, 1)."""
    rows = before(split, options["samples"])
    full = [np.concatenate([np.full(len(r) - len(f), f[0]), f]) for r, f in ((r, filled(r)) for r in rows)]
    rows = np.stack(full)
    level = rows[:, -1:] if options["level"] == "last" else rows.mean(1, keepdims=True)
    return rows - level, level


def training(options: Options, data: Data) -> tuple[Array, Array]:
    """Inputs and targets of training windows without gaps in the target."""
    train = data.splits["train"]
    future = train["future"][:, 0].astype(np.float64)
    whole = ~np.isnan(future).any(1) & ~np.isnan(before(train, options["samples"])[:, 0])
    rows, level = inputs({n: a[whole] for n, a in train.items()}, options)
    return rows, future[whole] - level


def ridge(options: Options, data: Data) -> Any:
    rows, future = training(options, data)
    return Ridge(alpha=options["penalty"] * len(rows), fit_intercept=options["level"] == "last").fit(
        rows, future
    )


def kernel_ridge(options: Options, data: Data) -> Any:
    rows, future = training(options, data)
    return KernelRidge(alpha=options["penalty"], kernel="rbf", gamma=options["gamma"] / rows.shape[1]).fit(
        rows, future
    )


def from_inputs(options: Options, split: Split, learned: Any, data: Data) -> Array:
    rows, level = inputs(split, options)
    return (learned.predict(rows) + level)[:, None]


def boosting(options: Options, data: Data) -> Any:
    """One ensemble for each step ahead."""
    rows, future = training(options, data)
    return [
        HistGradientBoostingRegressor(
            max_iter=options["rounds"],
            learning_rate=options["rate"],
            max_leaf_nodes=options["leaves"],
            random_state=0,
        ).fit(rows, step)
        for step in future.T
    ]


def from_steps(options: Options, split: Split, learned: Any, data: Data) -> Array:
    rows, level = inputs(split, options)
    return (np.stack([each.predict(rows) for each in learned], 1) + level)[:, None]


def process(options: Options, data: Data) -> Any:
    """The kernel, its parameters of greatest marginal likelihood on the last training window and its history."""
    season = data.about["season"]
    kernel = (
        ConstantKernel(10.0, (1e-3, 1e5)) * RBF(200.0, (20, 1e5))
        + ConstantKernel(0.1, (1e-5, 1e3)) * Matern(10.0, (1, 1e3), nu=options.get("nu", 0.5))
        + WhiteKernel(0.01, (1e-6, 1))
    )
    if options.get("periodic", True):
        period = ExpSineSquared(1.5, season, (0.3, 10), (season / 1.1, season * 1.1))
        kernel = kernel + ConstantKernel(1.0, (1e-5, 1e3)) * RBF(300.0, (20, 1e5)) * period
    train = data.splits["train"]
    row = before({n: a[-1:] for n, a in train.items()}, options["samples"])[0]
    time, value = present(row)
    return GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=0).fit(time, value).kernel_


def present(row: Array) -> tuple[Array, Array]:
    there = np.flatnonzero(~np.isnan(row))
    return there[:, None].astype(np.float64), row[there].astype(np.float64)


def from_process(options: Options, split: Split, learned: Any, data: Data) -> Array:
    """Conditional means, the kernel as fitted."""
    horizon, result = data.about["horizon"], []
    for row in before(split, options["samples"]):
        time, value = present(row)
        model = GaussianProcessRegressor(learned, normalize_y=True, optimizer=None).fit(time, value)
        result.append(model.predict(np.arange(len(row), len(row) + horizon)[:, None].astype(np.float64)))
    return np.stack(result)[:, None]


def rivals(data: Data) -> Mapping[str, Rival]:
    """Those that make sense on the dataset."""
    library, recorded = "scikit-learn", "history" in data.splits["test"]
    samples = {"co2-weekly": [100, 200, 300, 400], "sunspots": [60, 100, 150]}.get(data.about["name"], [100])
    penalties = (
        [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
        if recorded
        else [1e-10, 1e-8, 1e-6, 1e-4, 0.01, 0.1, 1]
    )
    result = {
        "ridge": Rival(
            library, grid(samples=samples, level=["last", "mean"], penalty=penalties), from_inputs, ridge
        ),
        "kernel-ridge": Rival(
            library,
            grid(
                samples=samples[:3], level=["last"], penalty=[1e-3, 1e-2, 0.1, 1], gamma=[0.01, 0.1, 0.5, 2]
            ),
            from_inputs,
            kernel_ridge,
        ),
        "gradient-boosting": Rival(
            library,
            grid(samples=samples[:1], level=["last"], rounds=[60], rate=[0.1], leaves=[6, 15]),
            from_steps,
            boosting,
        ),
    }
    if recorded:
        long = [300, 600, 1000] if data.about["name"] == "co2-weekly" else [100, 200, 300]
        result["gaussian-process"] = Rival(
            library, grid(samples=long, nu=[0.5, 1.5]), from_process, process, validation=40
        )
    return result


if __name__ == "__main__":
    main(rivals, mean_squared_error)
