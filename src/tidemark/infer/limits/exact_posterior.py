"""The Gaussian process that made the data, given its true kernel and hyperparameters.

Its posterior is the whole truth about the values asked for (Rasmussen and Williams, "Gaussian Processes for
Machine Learning", 2006, section 2.2): no method has a smaller expected squared error, negative log-likelihood
or continuous ranked probability score, one-shot or point by point.
"""

from __future__ import annotations

from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.core.frozen import Frozen
from tidemark.core.limit import Answers, Limit
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.infer import learning as infer
from tidemark.infer.laws import gaussian_process

BOUND = (
    "crps", "nll", "joint_nll", "mse", "sequential_mse", "fed_back_mse", "first_mse", "r2_first", "r2_second",
)  # fmt: skip
"""Scores that no prediction has better than these: proper ones, and squared errors of means."""


class Options(Frozen):
    """None: the law says everything."""


def answer(split: Split, info: DatasetInfo, options: Options) -> Answers:
    """`estimate` in all of them."""
    return Answers(dict.fromkeys(BOUND, estimate(split, info, options)))


def estimate(split: Split, info: DatasetInfo, options: Options) -> Array:
    """Rows of `tidemark.infer.learning.ROWS`, then sample paths, (signals, rows, points) float64.

    From `split["context"]` (signals, 3, points) and `split["target"]` (signals, 1, points). Raises
    `InputError` where the dataset is not made by a Gaussian process.
    """
    if info.generator != "gaussian_process":
        raise InputError(
            f"exact_posterior: {info.name!r} is not made by a Gaussian process; give the name of a dataset "
            "of generator gaussian_process, or use the baseline fitted_gaussian_process"
        )
    law = params.validate(gaussian_process.Law, info.law, f"{info.name}.law")
    return infer.posterior(
        split, lambda known: (gaussian_process.covariance(law, *known[:, :2].unbind(1)), None)
    )


LIMIT = Limit(Options, answer)
