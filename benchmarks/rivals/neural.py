"""neuralforecast's NHITS on forecast windows, trained on the training windows.

Each training window is a series of its own, as it is normalised by itself; what is left out of a forecast's input is
what it may not know. Run in the rivals' environment: python benchmarks/rivals/neural.py DATASET [RIVAL ...]
"""

import logging
import tempfile
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import MSE
from neuralforecast.models import NHITS
from rival import Array, Data, Options, Rival, Split, before, filled, grid, main, mean_squared_error

warnings.filterwarnings("ignore")
for name in ("pytorch_lightning", "lightning.pytorch", "lightning_fabric", "neuralforecast"):
    logging.getLogger(name).setLevel(logging.ERROR)
torch.set_num_threads(1)


def frame(rows: Array) -> pd.DataFrame:
    """Rows (series, samples) as neuralforecast's long table."""
    series, samples = rows.shape
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(series), samples),
            "ds": np.tile(np.arange(samples), series),
            "y": rows.ravel(),
        }
    )


def inputs(split: Split, samples: int) -> tuple[Array, Array]:
    """The last `samples` values before each forecast, gaps filled, less the last one; and that."""
    rows = before(split, samples)
    padded = [np.concatenate([np.full(samples - len(f), f[0]), f]) for f in map(filled, rows)]
    rows = np.stack(padded)
    return rows - rows[:, -1:], rows[:, -1:]


def fit(options: Options, data: Data) -> list[NeuralForecast]:
    """One network for each seed."""
    train, horizon = data.splits["train"], data.about["horizon"]
    future = train["future"][:, 0].astype(np.float64)
    held = before(train, options["samples"])
    whole = ~np.isnan(future).any(1) & ~np.isnan(held[:, 0])
    rows, last = inputs({n: a[whole] for n, a in train.items()}, options["samples"])
    table = frame(np.concatenate([rows, future[whole] - last], 1))
    fitted = []
    for seed in range(1, options.get("seeds", 1) + 1):
        network = NHITS(
            h=horizon,
            input_size=options["samples"],
            loss=MSE(),
            max_steps=options["steps"],
            learning_rate=options["rate"],
            batch_size=64,
            windows_batch_size=64,
            mlp_units=[[options["width"]] * 2] * 3,
            n_pool_kernel_size=options["pooling"],
            n_freq_downsample=[4, 2, 1],
            dropout_prob_theta=options.get("dropout", 0.0),
            random_seed=seed,
            accelerator="cpu",
            logger=False,
            enable_progress_bar=False,
            enable_checkpointing=False,
            enable_model_summary=False,
            default_root_dir=tempfile.gettempdir(),
        )
        forecaster = NeuralForecast(models=[network], freq=1)
        forecaster.fit(table)
        fitted.append(forecaster)
    return fitted


def predict(options: Options, split: Split, learned: Any, data: Data) -> Array:
    """The mean over seeds."""
    rows, last = inputs(split, options["samples"])
    table, horizon = frame(rows), data.about["horizon"]
    each = [
        forecaster.predict(df=table).sort_values(["unique_id", "ds"])["NHITS"].to_numpy()
        for forecaster in learned
    ]
    return (np.mean(each, 0).reshape(len(rows), horizon) + last)[:, None]


def rivals(data: Data) -> Mapping[str, Rival]:
    """NHITS, with options for the dataset's size."""
    if data.about["name"] in ("co2-weekly", "sunspots"):
        options = [
            {"samples": s, "steps": n, "rate": 0.001, "width": w, "pooling": [2, 2, 1], "dropout": d}
            for s, n, w, d in [
                (100, 300, 128, 0.0),
                (200, 300, 128, 0.0),
                (300, 300, 128, 0.0),
                (200, 800, 128, 0.0),
                (200, 300, 128, 0.3),
                (300, 300, 128, 0.3),
                (300, 800, 256, 0.3),
            ]
            if data.about["name"] == "co2-weekly" or s <= 200
        ]
        if data.about["name"] == "sunspots":
            options = [{**one, "steps": n} for one in options[:2] for n in (50, 100, 200)]
    else:
        options = grid(samples=[100], steps=[1500], rate=[0.001], width=[256], pooling=[[1, 1, 1], [2, 2, 1]])
    seeds = 5 if "history" in data.splits["test"] else 2
    return {"nhits": Rival("neuralforecast", options, predict, fit, final={"seeds": seeds})}


if __name__ == "__main__":
    main(rivals, mean_squared_error)
