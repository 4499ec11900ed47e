"""`tidemark`: what a user does beside and after `dvc repro`."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tidemark.core.command import one_line_errors
from tidemark.pipeline.start import check_folder, open_standard_files
from tidemark.project.commands import add, init, remove

# Whatever a command needs is imported inside it: `tidemark --help` must not wait for torch.


@contextmanager
def imports() -> Iterator[None]:
    """Leave out the garbage collector, here and for what is imported here: modules stay to the end.

    Looking through torch's many objects, as they come and as Python ends, takes a quarter of a short run.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A workbench for learning on one-dimensional signals.",
)
for command in (init, add, remove):
    app.command()(command)


@app.command()
def report(
    dataset: Annotated[str, typer.Argument(help="A dataset that is scored.")],
) -> None:
    """Write the page of one dataset alone, whatever else has not run."""
    from tidemark.report.alone import write

    print(write(dataset))


@app.command()
def repro(
    targets: Annotated[
        list[str] | None, typer.Argument(help="Stages to bring up to date; all by default.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", help="Stages at a time; one a core by default.")
    ] = None,
) -> None:
    """Run the pipeline like `dvc repro`, several stages at a time."""
    from tidemark.pipeline.parallel import repro as run

    def finished(root: Path, stage: str) -> None:
        from tidemark.report.listing import show_dataset

        file, _, name = stage.partition(":")
        show_dataset(Path(file).parent.name, name.partition("@")[2], root)

    raise SystemExit(run(targets or (), jobs, finished))


@app.command()
def check() -> None:
    """Validate the params.yaml files down to every law, architecture and method."""
    from tidemark.core import params
    from tidemark.pipeline.check import check as run
    from tidemark.pipeline.check import left_over
    from tidemark.pipeline.recordings import check as check_recordings
    from tidemark.project.renew import said

    for line in said():
        print(line)
    count, few = run(), check_recordings()
    for line in few:
        print(line)
    print(f"params.yaml files are valid: {count} models at scale {params.scale()}")
    for folder in left_over():
        print(f"{folder}: no entry in params.yaml; delete the folder to take the model out of the results")


@app.command()
def doctor(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong.")] = False,
) -> None:
    """Find and put right what kills, full disks and failing ones left: processes, locks, files, wrong bytes.

    Every object of DVC's cache and every output is held against its hash. What has wrong bytes is moved to
    .dvc/tmp/doctor, and brought back from the cache, or by running its stage again. Exit status 1 where
    something is wrong still, such as weights that are not finite.
    """
    from tidemark.pipeline.doctor import doctor as run

    raise SystemExit(run(not dry_run))


@app.command()
def table(
    dataset: Annotated[str | None, typer.Argument(help="A dataset; all by default.")] = None,
) -> None:
    """Print every predictor's scores, best first, and where the report is."""
    from tidemark.report import listing

    listing.show_named(dataset) if dataset else listing.show_all()


@app.command()
def verify(
    against: Annotated[str, typer.Option(help="The commit whose scores are compared with.")] = "HEAD",
    everything: Annotated[bool, typer.Option("--all", help="Name all of them, not only the first.")] = False,
) -> None:
    """Compare the scores just made with the committed ones, interval by interval.

    Names those outside their intervals, the farthest first, and scores that are missing, with exit status 1
    where there are any; warns of kept scores whose parameters or code have changed since.
    """
    from tidemark.report.verify import verify as run

    if not run(Path(), against, everything):
        raise SystemExit(1)


@app.command()
def models(
    model: Annotated[str | None, typer.Argument(help="A model, for the parameters of its modules.")] = None,
) -> None:
    """List the trained models with their scores, or the parameters of one, module by module."""
    from tidemark.report.listing import show_models
    from tidemark.report.modules import show_modules

    show_modules(model) if model else show_models()


@app.command()
def keep(
    predictors: Annotated[list[str], typer.Argument(help="Names of models, baselines, oracles or limits.")],
    device: Annotated[str | None, typer.Option(help="The device's name; found out by default.")] = None,
) -> None:
    """Keep scores measured at scale paper in metrics/paper, for the report."""
    from tidemark.report.keep import keep as run

    for path in run(Path(), predictors, device):
        print(path)


@app.command("keep-seeds")
def keep_seeds() -> None:
    """Keep how scores spread over seeds, after a run with seeds: 5, in metrics/seeds."""
    from tidemark.report.keep_seeds import keep_seeds as run

    for path in run(Path()):
        print(path)


@app.command("keep-costs")
def keep_costs() -> None:
    """Keep the processor time of the trainings that were run here, in metrics/cost, for the report."""
    from tidemark.report.keep_costs import keep_costs as run

    for path in run(Path()):
        print(path)


@app.command()
def sweep(
    task: Annotated[str, typer.Argument(help="A task, by the name of its folder in pipelines.")],
    dataset: Annotated[str | None, typer.Argument(help="A dataset; all of the task by default.")] = None,
    label: Annotated[
        str | None, typer.Argument(help="A baseline, or a model's name; all of them by default.")
    ] = None,
    models: Annotated[bool, typer.Option("--models", help="Models' trainings instead of baselines.")] = False,
) -> None:
    """Try options of baselines on validation signals, as pipelines/TASK/sweeps.yaml lists them.

    Prints the best, which belong into params.yaml, and keeps them in metrics/sweeps. With --models, every
    combination of settings is a training.
    """
    from tidemark.core import instructions, params

    os.environ.update(instructions.environment(params.TOP))  # before numerical libraries are imported
    from tidemark.tuning.command import sweep as run

    run(task, dataset, label, models)


@app.command()
def predict(
    model: Annotated[str, typer.Argument(help="A model's name, or the folder of a trained model.")],
    file: Annotated[str, typer.Argument(help="CSV, WAV, NPY, Parquet, EDF, WFDB file; - is standard input.")],
    output: Annotated[str | None, typer.Option("--output", "-o", help="- is standard output.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="A column to take; may be repeated.")] = None,
    time_column: Annotated[str | None, typer.Option(help="Column of timestamps.")] = None,
    kind: Annotated[str | None, typer.Option("--format", help="csv, wav, npy, parquet, edf or wfdb.")] = None,
    horizon: Annotated[int | None, typer.Option(help="Rows to predict; by default the model's.")] = None,
    std: Annotated[bool, typer.Option("--std", help="Write standard deviations instead.")] = False,
    paths: Annotated[int | None, typer.Option(
        "--paths", "--samples", help="Write so many sample paths instead.")] = None,
    interval: Annotated[float | None, typer.Option(
        help="Write both ends of intervals of this level, such as 0.9, beside each value.")] = None,
    rescale: Annotated[bool, typer.Option(
        "--rescale",
        help="Map the input to the location and scale of training, and results back; mV to V.")] = False,
    unchecked: Annotated[bool, typer.Option(
        "--unchecked", help="Predict even if the input is unlike those of training.")] = False,
    plot: Annotated[str | None, typer.Option(help="A picture of input and output: PNG, SVG or PDF.")] = None,
    missing: Annotated[list[str] | None, typer.Option(
        help="A number that stands for a missing value; or none.")] = None,
    steps: Annotated[int | None, typer.Option(help="Values of each gap; by default all.")] = None,
    units: Annotated[str | None, typer.Option(help="Of acceleration: g or m/s2.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Lines of standard input as they come.")] = False,
) -> None:  # fmt: skip
    """Denoise, forecast, infer what is missing, or classify: the model's task decides.

    A denoiser writes the file anew, with the denoised values in place. A forecaster looks back on the
    last rows, and writes a file of the rows to come: each series, and the time column continued. A model
    that infers writes the file anew, with the missing values of two columns inferred from all that is
    present around them in both; with --std, how uncertain each of them is instead, with --paths draws of
    them all together. A classifier takes a participant's recording (time, x, y, z), and writes time, label
    and probabilities of each window. An input unlike those of training is refused, unless it is rescaled or
    left unchecked. With --follow lines of CSV are taken from standard input as they come.
    """
    with imports():
        from tidemark.prediction.files import predict_file
        from tidemark.prediction.following import follow as follow_lines
        from tidemark.prediction.loading import load_model
        from tidemark.prediction.output import STANDARD, say
        from tidemark.signals.recordings import missing as numbers

        loaded = load_model(model)
    done = (follow_lines if follow else predict_file)(
        loaded, file, output,
        horizon=horizon, std=std or None, paths=paths, steps=steps, columns=column or None,
        time_column=time_column, kind=kind, units=units,
        interval=interval, rescale=rescale or None, unchecked=unchecked or None, plot=plot,
        missing=numbers.parse(missing or ()),
    )  # fmt: skip
    if done is not None and done.destination != STANDARD:
        say(done.summary)


@app.command()
def draw(
    model: Annotated[str, typer.Argument(help="A model's name, or the folder of a trained model.")],
    output: Annotated[str, typer.Option("--output", "-o", help="PNG, SVG or PDF.")] = "example.png",
    test: Annotated[str, typer.Option(help="A test set of the model's dataset.")] = "test",
    signal: Annotated[int, typer.Option(help="Number of a signal of it, from 0.")] = 0,
    paths: Annotated[int, typer.Option(help="Sample paths.")] = 3,
    steps: Annotated[int | None, typer.Option(help="How many values; by default all.")] = None,
) -> None:
    """Draw what a model infers of any test signal, with as many sample paths, and as far, as asked."""
    from tidemark.report.example import draw as run

    run(model, output, test, signal, paths, steps)
    print(output)


@app.command(hidden=True)
def readme() -> None:
    """Write the results into README.md and docs."""
    from tidemark.report.readme import update

    for path in update():
        print(path)


@app.command("plots-page")
def plots_page() -> None:
    """Write the page that `dvc plots` fills, with its scripts inside, for use without a network."""
    from tidemark.pipeline.plots_page import write_plots_page

    write_plots_page(Path())


def main() -> None:
    """Run the command line."""
    open_standard_files()
    with one_line_errors():
        check_folder()
        app()


if __name__ == "__main__":
    main()
