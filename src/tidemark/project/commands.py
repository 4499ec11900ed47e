"""`tidemark init`, `add` and `remove`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from typing import Annotated

import typer

from tidemark.core.errors import InputError

# Whatever a command needs is imported inside it, as in cli.py.


def init(
    folder: Annotated[Path | None, typer.Argument(help="A folder, which is made if it is not there.")] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Renew the project here; keep what is yours.")
    ] = False,
) -> None:
    """Begin a project of one's own: Git, DVC, parameters; `tidemark add` then gives it a recording.

    After an upgrade, `--refresh` in a project brings its pipeline up to the version that is installed.
    Parameters, and stages of one's own, stay.
    """
    if refresh:
        _refresh(folder or Path())
        return
    if folder is None:
        raise InputError("FOLDER: name a folder for the project, or renew the one here with --refresh")
    from tidemark.project.init import init as run

    run(folder)
    print(f"{folder}: a project; now: cd {folder} && tidemark add FILE && dvc repro")


def _refresh(folder: Path) -> None:
    from tidemark.project.renew import refresh as run

    with chdir(folder):
        changed = run()
    for path in changed:
        print(f"renewed {path}")
    print("now: git diff, then dvc repro" if changed else "all as this version has it")


def add(
    file: Annotated[
        list[Path],
        typer.Argument(help="CSV, WAV, NPY, Parquet, EDF or WFDB file, several of one, or a study's folder."),
    ],
    task: Annotated[str | None, typer.Option(help="What to learn; by the other options by default.")] = None,
    name: Annotated[str | None, typer.Option(help="Of the dataset; the file's by default.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="A column to take; may be repeated.")] = None,
    all_series: Annotated[bool, typer.Option("--all-series", help="Take every column of numbers.")] = False,
    pair: Annotated[tuple[str, str] | None, typer.Option(help="Two columns, one told by the other.")] = None,
    clean: Annotated[str | None, typer.Option(help="The column without noise.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of classes; a file each participant.")] = None,
    lookback: Annotated[int | None, typer.Option(min=2, help="Samples known before.")] = None,
    horizon: Annotated[int | None, typer.Option(min=1, help="Samples to come.")] = None,
    season: Annotated[int | None, typer.Option(min=1, help="Samples in a season; 1 for none.")] = None,
    window: Annotated[int | None, typer.Option(min=3, help="Samples of a window.")] = None,
    snr_db: Annotated[float | None, typer.Option(help="Of noise added to a clean column; 10.")] = None,
    rate: Annotated[str | None, typer.Option(help="Samples a second; 4/hour: of another unit.")] = None,
    time_column: Annotated[str | None, typer.Option(help="Column of timestamps.")] = None,
    time_format: Annotated[str | None, typer.Option(help="Of its dates, such as %d.%m.%Y %H:%M.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Of its dates, such as Europe/Berlin.")] = None,
    missing: Annotated[list[str] | None, typer.Option(help="A number that stands for none; or none.")] = None,
) -> None:  # fmt: skip
    """Make a file a dataset: look at it, choose a task, write its models and baselines into params.yaml.

    What is not said is found in the data (season, lookback, horizon, windows), or asked on a terminal. A
    file from elsewhere is copied into data/recorded and kept by DVC.
    """
    from tidemark.core import instructions, params

    os.environ.update(instructions.environment(params.TOP))  # before numerical libraries are imported
    from tidemark.project.add import add as run
    from tidemark.project.readable import Timing
    from tidemark.project.setup import Choices
    from tidemark.signals.recordings import missing as numbers

    def ask(question: str, answers: Sequence[str], usual: str) -> str:
        while True:
            answer = str(typer.prompt(f"{question} ({', '.join(answers)})", default=usual))
            if answer in answers:
                return answer

    choices = Choices(
        column=tuple(column or ()), pair=tuple(pair or ()), clean=clean, lookback=lookback, horizon=horizon,
        season=season, window=window, snr_db=snr_db, label=label, all_series=all_series or None,
    )  # fmt: skip
    timing = Timing(time_column, time_format, rate, time_zone, numbers.parse(missing or ()))
    added = run(file, task, name, choices, timing, ask if sys.stdin.isatty() else None)
    print(f"next: dvc repro, then tidemark table {added}")


def remove(dataset: Annotated[str, typer.Argument(help="A dataset of this pipeline.")]) -> None:
    """Take a dataset out, with everything that was made of it; a recording's original file stays."""
    from tidemark.project.remove import remove as run

    for path in run(dataset):
        print(f"deleted {path}")
    print(f"{dataset} is out; dvc repro brings the report up to date, dvc gc --workspace frees the cache")
