"""Files put together from parts that are each allowed, in ways that nobody writes: what bytes at random seldom make."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.nested import nested_json, nested_yaml, scaled, weights
from fuzz.physiological import edf, record
from fuzz.samples import array, parquet, wave
from fuzz.tables import Random, dictionary, participant, table, zipped

STRUCTURED: dict[str, Callable[[Random], bytes]] = {
    "csv": table, "csv.gz": zipped, "wav": wave, "npy": array, "parquet": parquet, "participant": participant,
    "dictionary": dictionary, "params": nested_yaml("params"), "model": nested_json("model"), "weights": weights, "lock": nested_yaml("lock"),
    "inputs": nested_json("inputs"), "residuals": array, "edf": edf, "wfdb": record, "covariance": scaled,
}  # fmt: skip
