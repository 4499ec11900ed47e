"""Write recordings that libraries ship as CSV files, like anyone's own.

co2: weekly at Mauna Loa, and sunspots: yearly mean numbers, both from statsmodels. shares: the Google share's
1047 trading days from 2004-08-19 to 2008-10-14, matplotlib's sample data `goog.npz`; how many shares change
hands and how far the price moves in a day go together (Karpoff, "The relation between price changes and
trading volume: a survey", Journal of Financial and Quantitative Analysis 22, 1987), so that one can be
inferred from the other.
"""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from tidemark.core import command
from tidemark.core.replacing import replacing


def co2() -> pd.DataFrame:
    """Columns date (ISO) and co2 (ppm, empty where missing)."""
    table = pd.read_csv(str(files("statsmodels") / "datasets/co2/co2.csv"), dtype=str, keep_default_na=False)
    return pd.DataFrame({"date": pd.to_datetime(table["date"]).dt.strftime("%Y-%m-%d"), "co2": table["co2"]})


def sunspots() -> pd.DataFrame:
    """Columns year and sunspots (mean number of the year)."""
    table = pd.read_csv(str(files("statsmodels") / "datasets/sunspots/sunspots.csv"), dtype=str)
    year = table["YEAR"].astype(float).round().astype(int)
    return pd.DataFrame({"year": year, "sunspots": table["SUNACTIVITY"]})


def shares() -> pd.DataFrame:
    """Columns day (trading days, from 0), volume and range, both natural logarithms.

    volume: of the shares traded; range: of log(high / low), the daily range of the price's logarithm.
    """
    with np.load(str(files("matplotlib") / "mpl-data/sample_data/goog.npz"), allow_pickle=False) as arrays:
        days = arrays["price_data"]
    volume, spread = np.log(days["volume"]), np.log(np.log(days["high"] / days["low"]))
    text = {
        name: [f"{value:.6f}" for value in values] for name, values in (("volume", volume), ("range", spread))
    }
    return pd.DataFrame({"day": range(len(days)), **text})


def recorded(folder: Path) -> None:
    """Write co2.csv, shares.csv and sunspots.csv into FOLDER."""
    for name, table in (("co2", co2()), ("shares", shares()), ("sunspots", sunspots())):
        with replacing(folder / f"{name}.csv") as temporary:
            table.to_csv(temporary, index=False, lineterminator="\n")


if __name__ == "__main__":
    command.run(recorded)
