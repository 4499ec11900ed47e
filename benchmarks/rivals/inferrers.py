"""scikit-learn on windows of context and target points: a Gaussian process for each, and regressions on features.

A prediction is (windows, 2, points): mean and standard deviation of each point.
Run in the rivals' environment: python benchmarks/rivals/inferrers.py DATASET [RIVAL ...]
"""

import warnings
from collections.abc import Mapping
from math import erf, pi, sqrt
from typing import Any

import numpy as np
from rival import Array, Data, Options, Rival, Split, grid, main
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, ExpSineSquared, Matern, WhiteKernel
from sklearn.linear_model import Ridge

warnings.filterwarnings("ignore", category=ConvergenceWarning)
SMALLEST = 1e-4


def crps(prediction: Array, split: Split) -> float:
    """Continuous ranked probability score of normal laws, over known targets."""
    target = split["target"][:, 0].astype(np.float64)
    there = ~np.isnan(target)
    mean, std = prediction[:, 0][there], prediction[:, 1][there]
    z = (target[there] - mean) / std
    inside = z * np.vectorize(erf)(z / sqrt(2)) + 2 * np.exp(-np.square(z) / 2) / sqrt(2 * pi)
    return float((std * (inside - 1 / sqrt(pi))).mean())


def kernel_of(options: Options) -> Any:
    """Of positions."""
    shapes = {
        "rbf": RBF(1.0, (0.05, 30)),
        "matern": Matern(1.0, (0.05, 100), nu=options.get("nu", 1.5)),
        "periodic": ExpSineSquared(1.0, 2.0, (0.1, 10), (0.5, 20)),
    }
    return ConstantKernel(1.0, (1e-2, 1e2)) * shapes[options["kernel"]] + WhiteKernel(0.01, (1e-6, 1))


def joined(context: Array, options: Options) -> tuple[Array, Array, Array]:
    """Positions and values as one sequence: of two members the second is shifted by the mean difference."""
    position, member, value = context.astype(np.float64)
    known = ~np.isnan(value)
    shift = np.zeros_like(position)
    if member.any():
        other = np.interp(position, *_sorted(position[known & (member == 0)], value[known & (member == 0)]))
        if (known & (member == 0)).sum() < (known & (member == 1)).sum():
            own = known & (member == 0)
            base = np.interp(
                position, *_sorted(position[known & (member == 1)], value[known & (member == 1)])
            )
            shift = np.where(member == 0, (value - base)[own].mean() if own.any() else 0.0, 0.0)
        else:
            own = known & (member == 1)
            shift = np.where(member == 1, (value - other)[own].mean() if own.any() else 0.0, 0.0)
    return position, value - shift, shift


def _sorted(x: Array, y: Array) -> tuple[Array, Array]:
    order = np.argsort(x)
    return x[order], y[order]


def process(options: Options, data: Data) -> Any:
    """The kernel: the median of those fitted to training windows, context and targets together."""
    if not options["pooled"]:
        return kernel_of(options)
    train = data.splits["train"]
    thetas = []
    for place in np.linspace(0, len(train["context"]) - 1, 40).round().astype(int):
        context = train["context"][place].astype(np.float64)
        context[2] = np.where(np.isnan(context[2]), train["target"][place, 0], context[2])
        position, value, _ = joined(context, options)
        known = ~np.isnan(value)
        model = GaussianProcessRegressor(kernel_of(options), n_restarts_optimizer=1, random_state=0)
        thetas.append(model.fit(position[known, None], value[known]).kernel_.theta)
    return kernel_of(options).clone_with_theta(np.median(thetas, 0))


def from_process(options: Options, split: Split, learned: Any, data: Data) -> Array:
    result = []
    for context in split["context"]:
        position, value, shift = joined(context, options)
        known = ~np.isnan(value)
        model = GaussianProcessRegressor(
            learned,
            optimizer=None if options["pooled"] else "fmin_l_bfgs_b",
            n_restarts_optimizer=0 if options["pooled"] else 2,
            alpha=1e-8,
            random_state=0,
        )
        mean, std = model.fit(position[known, None], value[known]).predict(position[:, None], return_std=True)
        result.append(np.stack([mean + shift, np.maximum(std, SMALLEST)]))
    return np.stack(result)


def features(context: Array) -> Array:
    """Of each point of a window, (points, features): its own nearest known values and the other member's."""
    position, member, value = context.astype(np.float64)
    known = ~np.isnan(value)
    columns = [position, member]
    own_means = {}
    for number in (0, 1):
        there = known & (member == number)
        own_means[number] = value[there].mean() if there.any() else 0.0
    columns.append(np.where(member == 0, own_means[0], own_means[1]))
    columns.append(np.where(member == 0, own_means[1], own_means[0]))
    for same in (True, False):
        for offset in range(-3, 4) if not same else (0,):
            found = np.full(len(position), np.nan if member.any() else 0.0)  # of no other member
            for number in (0, 1):
                asked = member == number
                source = known & (member == (number if same else 1 - number))
                if source.any() and asked.any():
                    x, y = _sorted(position[source], value[source])
                    step = 10 / 49
                    found[asked] = np.interp(position[asked] + offset * step, x, y)
            columns.append(found)
    distance = np.full((len(position), 4), np.nan)
    for number in (0, 1):
        source, asked = known & (member == number), member == number
        if source.any() and asked.any():
            gap = np.abs(position[asked][:, None] - position[source])
            order = np.argsort(gap, 1)[:, :2]
            found = np.concatenate([np.take_along_axis(gap, order, 1), value[source][order]], 1)
            if found.shape[1] == 4:
                distance[asked] = found
    return np.concatenate([np.stack(columns, 1), distance], 1)


def table(split: Split) -> tuple[Array, Array]:
    """Features of asked points of all windows, and their values."""
    rows = np.stack([features(each) for each in split["context"]])
    asked = np.isnan(split["context"][:, 2])
    return rows[asked], split["target"][:, 0][asked].astype(np.float64)


def regression(options: Options, data: Data) -> Any:
    """A model of the mean, and one of the log of the absolute residual on held-out windows."""
    rows, value = table(data.splits["train"])
    known = ~np.isnan(value)
    rows, value = rows[known], value[known]
    half = len(rows) * 4 // 5

    def mean_model() -> Any:
        if options["model"] == "ridge":
            return Ridge(alpha=options["penalty"])
        return HistGradientBoostingRegressor(
            max_iter=options["rounds"], learning_rate=0.1, max_leaf_nodes=15, random_state=0
        )

    clean = np.nan_to_num(rows) if options["model"] == "ridge" else rows
    residual = np.abs(value[half:] - mean_model().fit(clean[:half], value[:half]).predict(clean[half:]))
    spread = HistGradientBoostingRegressor(max_iter=30, max_leaf_nodes=8, random_state=0)
    spread.fit(rows[half:], residual * sqrt(pi / 2))
    return mean_model().fit(clean, value), spread


def from_regression(options: Options, split: Split, learned: Any, data: Data) -> Array:
    mean, spread = learned
    rows = np.stack([features(each) for each in split["context"]])
    flat = rows.reshape(-1, rows.shape[-1])
    clean = np.nan_to_num(flat) if options["model"] == "ridge" else flat
    means, stds = mean.predict(clean), np.maximum(spread.predict(flat), 1e-3)
    return np.stack([means.reshape(rows.shape[:2]), stds.reshape(rows.shape[:2])], 1)


def rivals(data: Data) -> Mapping[str, Rival]:
    """All, with kernels that fit the dataset."""
    library, name = "scikit-learn", data.about["name"]
    kernels = {"gp-periodic": ["periodic"], "gp-matern": ["matern"]}.get(name, ["rbf"])
    if name == "shares":
        kernels = ["matern"]
    nus = {"nu": [0.5, 1.5]} if kernels == ["matern"] else {}
    return {
        "gaussian-process": Rival(
            library,
            grid(kernel=kernels, pooled=[True, False], **nus),
            from_process, process, validation=50,
        ),
        "ridge": Rival(library, grid(model=["ridge"], penalty=[0.1, 10, 1000]), from_regression, regression),
        "gradient-boosting": Rival(
            library, grid(model=["boosting"], rounds=[100, 300]), from_regression, regression
        ),
    }  # fmt: skip


if __name__ == "__main__":
    main(rivals, crps)
