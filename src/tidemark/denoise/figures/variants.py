"""Both published variants of spectro-temporal attention on one signal: noisy, clean, and denoised by each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from matplotlib.figure import Figure

from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures.colours import INK, MUTED
from tidemark.report.figures.examples import error
from tidemark.report.figures.numbers import number
from tidemark.report.figures.picture import Picture
from tidemark.report.figures.results import Results
from tidemark.report.figures.signals import SAMPLES, Example, examples
from tidemark.report.figures.style import dots, sized

PAIR = ("sta-linear", "reference-sta-linear")
"""Labels of the report's own variant and of its reference."""
SIZE = (7.2, 2.3)
"""Of the figure, inches."""


def draw(results: Results) -> Iterator[Picture]:
    """The picture, if both were scored: of the test set with the strongest noise, as the report shows it."""
    models = [each for label in PAIR for each in results.models if each.label == label]
    tables = examples(results)
    test = _noisiest(results)
    shown = {
        each.name: own.shown()
        for each in models
        for own in tables.get(each.name, [])[::-1]
        if own.test == test
    }
    if len(shown) == len(PAIR):
        yield Picture(
            "variants",
            figure(results, models, shown),
            "Both variants side by side",
            f"the first {min(SAMPLES, results.info.length)} samples of a signal of the test set {test}: dots "
            "are the noisy input, the thin line is the clean signal, the broad one the estimate.",
            "wide",
        )


def figure(results: Results, models: Sequence[Predictor], shown: Mapping[str, Example]) -> Figure:
    """A panel for each of the models, all of one signal and one scale."""
    result, [line] = sized(*SIZE, (0.55, 0.1, 0.42, 0.26), columns=len(models), gap=(0.2, 0))
    for axes, model in zip(line, models, strict=True):
        example = shown[model.name]
        time = example.position / results.units.samples
        dots(axes, time, example.input, 1.9, 0.75)
        axes.plot(time, example.prediction, color=results.colours.of(model), linewidth=2.2, zorder=2)
        axes.plot(time, example.target, color=INK, linewidth=0.8, zorder=3)
        axes.set_title(model.label, color=results.colours.of(model), fontweight="bold")
        beside = f"{results.view.headline.label} {number(error(example, results.view.squared))}"
        axes.set_title(beside, loc="right", color=MUTED, fontsize=8)
        axes.set_xlabel(results.units.time)
        axes.margins(x=0.02)
    line[0].set_ylabel(results.units.value)
    return result


def _noisiest(results: Results) -> str:
    """The test set with the strongest noise among those that nothing else sets apart."""
    levels = {test: results.law_number("noise_std", test) for test in results.comparison.tests}
    known = {test: level for test, level in levels.items() if level is not None}
    return max(known, key=known.__getitem__) if known else ""
