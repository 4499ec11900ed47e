"""The Gaussian process that made the data, given its true kernel and hyperparameters.

Its posterior is the whole truth about the values asked for (Rasmussen and Williams, "Gaussian Processes for
Machine Learning", 2006, section 2.2): no method has a smaller expected squared error, negative log-likelihood
or continuous ranked probability score, one-shot or point by point.
"""

from __future__ import annotations

import numpy as np
import torch

from tidemark.core import params, registry
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.tasks import infer


class Options(Frozen):
    """None: the law says everything."""


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Rows of `tidemark.tasks.infer.ROWS`, then sample paths, (signals, rows, points) float64.

    From `split["context"]` (signals, 3, points) and `split["target"]` (signals, 1, points). Raises
    `InputError` where the dataset is not made by a Gaussian process.
    """
    # By name, as the law is not known to the code but to the dataset.
    generator = registry.load("signals", info.generator, info.name) if info.law else None
    if generator is None or not hasattr(generator, "covariance"):
        raise InputError(
            f"exact_posterior: {info.name!r} is not made by a Gaussian process; give the name of a dataset "
            "of generator gaussian_process, or use the baseline fitted_gaussian_process"
        )
    law = params.validate(generator.Law, info.law, f"{info.name}.law")
    context, target = (torch.from_numpy(np.array(split[name])) for name in (infer.GIVEN, infer.TARGET))
    noise = infer.standard_normal(len(context), context.shape[-1])
    parts = []
    for first in range(0, len(context), infer.BATCH):
        given, asked, drawn = (each[first : first + infer.BATCH] for each in (context, target, noise))
        covariance = generator.covariance(law, given[:, 0], given[:, 1])
        parts.append(infer.conditioned(covariance, given, asked, drawn))
    return np.asarray(torch.cat(parts).numpy())
