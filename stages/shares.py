"""Write the Google share's daily trade, which matplotlib ships, as a CSV file, like anyone's recording.

Matplotlib's sample data `goog.npz` holds date, open, high, low, close and volume of each of 1047 trading
days from 2004-08-19, when the share was first traded, to 2008-10-14. How many shares change hands and
how far the price moves in a day go together (Karpoff, "The relation between price changes and trading
volume: a survey", Journal of Financial and Quantitative Analysis 22, 1987), so that one can be inferred
from the other.
"""

import csv
from pathlib import Path

import matplotlib.cbook
import numpy as np

from tidemark.core import command, store


def shares(recording: Path) -> None:
    """Write columns day (trading days, from 0), volume and range to RECORDING.

    volume: natural logarithm of the shares traded; range: natural logarithm of log(high / low), the daily
    range of the price's logarithm. Both are logarithms, for they vary by factors rather than by amounts.
    """
    path = str(matplotlib.cbook.get_sample_data("goog.npz", asfileobj=False))
    with np.load(path, allow_pickle=False) as arrays:
        days = arrays["price_data"]
    volume = np.log(days["volume"])
    spread = np.log(np.log(days["high"] / days["low"]))
    rows = [(day, f"{v:.6f}", f"{r:.6f}") for day, (v, r) in enumerate(zip(volume, spread, strict=True))]
    with store.replacing(recording) as temporary, temporary.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("day", "volume", "range"), *rows])


if __name__ == "__main__":
    command.run(shares)
