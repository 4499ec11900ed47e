"""The posterior mean of the constant, whose squared error is 1 / (1 / spread² + length / noise²) on average."""

from __future__ import annotations

import numpy as np

from tidemark.core.frozen import Frozen
from tidemark.core.limit import Answers, Limit
from tidemark.core.store import DatasetInfo, Split


class Options(Frozen):
    pass


def answer(split: Split, info: DatasetInfo, options: Options) -> Answers:
    observed = info.length / info.law["noise"] ** 2
    share = observed / (observed + 1 / info.law["spread"] ** 2)
    return Answers(
        {"mse": np.asarray(share * np.asarray(split["noisy"]).mean(-1, keepdims=True, dtype=np.float64))}
    )


LIMIT = Limit(Options, answer)
