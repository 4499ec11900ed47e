"""scikit-image, PyWavelets and scikit-learn on denoising windows.

Run in the rivals' environment: python benchmarks/rivals/denoisers.py DATASET [RIVAL ...]
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pywt
from rival import Array, Data, Options, Rival, Split, filled, grid, main, mean_absolute_error
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, ExpSineSquared, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

MOST = 2500
"""Training windows of kernel ridge, whose cost grows with their cube."""
SAMPLES = 30_000
"""Training samples of gradient boosting."""


def noisy(split: Split) -> Array:
    """(windows, length) float64, gaps filled, those at the beginning by the first value."""
    rows = split["noisy"][:, 0].astype(np.float64)
    full = [np.concatenate([np.full(len(r) - len(f), f[0]), f]) for r, f in ((r, filled(r)) for r in rows)]
    return np.stack(full)


def each(denoise: Callable[[Array, Options], Array]) -> Callable[[Options, Split, Any, Data], Array]:
    """Window by window."""

    def predict(options: Options, split: Split, learned: Any, data: Data) -> Array:
        return np.stack([denoise(row, options) for row in noisy(split)])[:, None]

    return predict


def total_variation(row: Array, options: Options) -> Array:
    return denoise_tv_chambolle(row, weight=options["weight"])


def wavelet(row: Array, options: Options) -> Array:
    return denoise_wavelet(
        row,
        sigma=options["sigma"],
        wavelet=options["wavelet"],
        mode=options["mode"],
        wavelet_levels=options["levels"],
        method=options["method"],
        rescale_sigma=False,
    )


def non_local_means(row: Array, options: Options) -> Array:
    """Of the row as an image of equal rows, as wide as a patch."""
    patch = options["patch"]
    image = np.tile(row, (patch, 1))
    found = denoise_nl_means(
        image,
        patch_size=patch,
        patch_distance=options["distance"],
        h=options["h"],
        sigma=options["sigma"],
        fast_mode=True,
    )
    return found[patch // 2]


def shrinkage(row: Array, options: Options) -> Array:
    """PyWavelets' stationary transform of a row mirrored to a power of two, details thresholded."""
    size = 1 << int(np.ceil(np.log2(len(row) + 32)))
    left = (size - len(row)) // 2
    padded = np.pad(row, (left, size - len(row) - left), mode="symmetric", reflect_type="odd")
    parts = pywt.swt(padded, options["wavelet"], level=options["level"], trim_approx=True, norm=True)
    threshold = options["factor"] * options["sigma"] * np.sqrt(2 * np.log(len(row)))
    kept = [parts[0], *(pywt.threshold(each, threshold, options["mode"]) for each in parts[1:])]
    return pywt.iswt(kept, options["wavelet"], norm=True)[left : left + len(row)]


def level(rows: Array) -> Array:
    """What learners take off a window, input and target alike, and put back on: its mean (windows, 1)."""
    return rows.mean(1, keepdims=True)


def known(data: Data) -> tuple[Array, Array]:
    """Inputs and targets of training windows without gaps in the target, less each window's level."""
    train = data.splits["train"]
    clean = train["clean"][:, 0].astype(np.float64)
    whole = ~np.isnan(clean).any(1)
    if not whole.any():
        raise ValueError("every training target has gaps")
    inputs = noisy({n: a[whole] for n, a in train.items()})
    return inputs - level(inputs), clean[whole] - level(inputs)


def ridge(options: Options, data: Data) -> Any:
    inputs, clean = known(data)
    return Ridge(alpha=options["penalty"]).fit(inputs, clean)


def kernel_ridge(options: Options, data: Data) -> Any:
    inputs, clean = known(data)
    inputs, clean = inputs[:MOST], clean[:MOST]
    model = KernelRidge(alpha=options["penalty"], kernel="rbf", gamma=options["gamma"] / inputs.shape[1])
    return model.fit(inputs, clean)


def direct(options: Options, split: Split, learned: Any, data: Data) -> Array:
    rows = noisy(split)
    return (learned.predict(rows - level(rows)) + level(rows))[:, None]


def neighbours(rows: Array, around: int) -> Array:
    """Each sample with so many on both sides, its place and the window's spread."""
    padded = np.pad(rows, ((0, 0), (around, around)), mode="reflect")
    local = np.lib.stride_tricks.sliding_window_view(padded, 2 * around + 1, axis=1)
    windows, length = rows.shape
    place = np.tile(np.linspace(-1, 1, length), (windows, 1))[..., None]
    whole = rows.std(1)[:, None, None].repeat(length, 1)
    return np.concatenate([local, place, whole], -1).reshape(windows * length, -1)


def boosting(options: Options, data: Data) -> Any:
    inputs, clean = known(data)
    local = neighbours(inputs, options["around"])
    chosen = np.random.default_rng(0).permutation(len(local))[:SAMPLES]
    model = HistGradientBoostingRegressor(
        loss="absolute_error" if options["l1"] else "squared_error",
        max_iter=options["rounds"],
        learning_rate=0.1,
        max_leaf_nodes=31,
        random_state=0,
    )
    return model.fit(local[chosen], clean.ravel()[chosen])


def from_neighbours(options: Options, split: Split, learned: Any, data: Data) -> Array:
    rows = noisy(split)
    found = learned.predict(neighbours(rows - level(rows), options["around"])).reshape(rows.shape)
    return (found + level(rows))[:, None]


def process(options: Options, data: Data) -> Any:
    """The kernel, fitted by marginal likelihood to so many noisy training windows one after another."""
    sigma = options["sigma"]
    kernel = ConstantKernel(0.3, (1e-4, 1e3)) * RBF(15.0, (1, 1e3))
    if options["periodic"]:
        kernel = kernel * ExpSineSquared(1.0, options["periodic"], (0.1, 10), (10, 200))
    kernel = kernel + WhiteKernel(sigma**2, (1e-6, 1))
    rows = noisy(data.splits["train"])
    picked = rows[np.linspace(0, len(rows) - 1, 8).round().astype(int)]
    thetas = []
    for row in picked:
        time = np.arange(len(row), dtype=np.float64)[:, None]
        thetas.append(
            GaussianProcessRegressor(kernel, normalize_y=False).fit(time, row - row.mean()).kernel_.theta
        )
    return kernel.clone_with_theta(np.median(thetas, 0))


def from_process(options: Options, split: Split, learned: Any, data: Data) -> Array:
    """The posterior mean of what is not white noise, the kernel fitted or refitted to each window."""
    rows = noisy(split)
    time = np.arange(rows.shape[1], dtype=np.float64)[:, None]
    result = []
    for row, mean in zip(rows, level(rows), strict=True):
        model = GaussianProcessRegressor(learned, optimizer="fmin_l_bfgs_b" if options["refit"] else None)
        result.append(model.fit(time, row - mean).predict(time) + mean)
    return np.stack(result)[:, None]


def rivals(data: Data) -> Mapping[str, Rival]:
    """All, with options about the size of the noise."""
    name = data.about["name"]
    sigma = {"co2": 0.316}.get(name, 0.1 if name.startswith("lincomb") else 0.2)
    image, waves, learn = "scikit-image", "PyWavelets", "scikit-learn"
    long = 100 if name != "co2" else 20
    levels = [4, 3] if name == "co2" else [4, 3, 5]
    result = {
        "tv-chambolle": Rival(
            image, grid(weight=[0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2, 3, 5, 8]), each(total_variation),
            validation=200, per_window=True,
        ),
        "denoise-wavelet": Rival(
            image,
            [
                *grid(sigma=[None, sigma], wavelet=["sym8", "db8", "sym4", "coif3"], mode=["soft", "hard"],
                      levels=levels, method=["BayesShrink"]),
                *grid(sigma=[0.3 * sigma, 0.5 * sigma, 0.7 * sigma, sigma], wavelet=["sym8", "db8"],
                      mode=["soft", "hard"], levels=levels, method=["VisuShrink"]),
            ],
            each(wavelet), validation=100, per_window=True,
        ),
        "nl-means": Rival(
            image,
            grid(patch=[5, 11, 21], distance=[15, long // 2], h=[0.4 * sigma, 0.8 * sigma, 1.5 * sigma],
                 sigma=[0, sigma]),
            each(non_local_means), validation=100, per_window=True,
        ),
        "stationary-wavelet": Rival(
            waves,
            grid(wavelet=["sym8", "db8", "coif3", "sym16"], level=levels, mode=["soft", "garrote", "hard"],
                 factor=[0.5, 0.7, 0.9, 1.1], sigma=[sigma]),
            each(shrinkage), validation=200, per_window=True,
        ),
        "ridge": Rival(learn, grid(penalty=[1e-3, 0.1, 1, 3, 10, 30, 100, 300, 1000, 3000]), direct, ridge),
        "kernel-ridge": Rival(
            learn,
            grid(penalty=[0.01, 0.03, 0.1, 0.5, 2], gamma=[0.02, 0.1, 0.5, 2, 5, 12]), direct, kernel_ridge, validation=400,
        ),
        "gradient-boosting": Rival(
            learn, grid(around=[10, 25], rounds=[150], l1=[False, True]), from_neighbours, boosting,
            validation=200,
        ),
        "gaussian-process": Rival(
            learn,
            grid(sigma=[sigma], periodic=[0, 52.18] if name == "co2" else [0, 60.0], refit=[False]),
            from_process, process, validation=100,
        ),
    }  # fmt: skip
    return result


if __name__ == "__main__":
    main(rivals, mean_absolute_error)
