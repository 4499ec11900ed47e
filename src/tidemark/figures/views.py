"""What the page, the tables and the README say and show of each task: all that differs between tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tidemark.core.errors import InputError


@dataclass(frozen=True)
class Metric:
    """A metric as readers see it."""

    name: str
    """In the tables that the pipeline writes."""
    label: str
    digits: int | None = None
    """After the point; none writes significant digits instead."""
    unit: str = ""
    above_limit: bool = False
    """Whether a difference from the limit's value, in this unit, says something: of a logarithm, it does."""

    @property
    def heading(self) -> str:
        """Label of a column."""
        return f"{self.label}, {self.unit}" if self.unit else self.label


@dataclass(frozen=True)
class View:
    """How one task is shown."""

    task: str
    metrics: tuple[Metric, ...]
    """In the order of the page's columns; the first ranks: an error, unless `better` says otherwise."""
    error: str
    """Label of the axis of that metric."""
    difference: Literal["absolute", "squared"]
    """What that metric is the mean of, where it is an error of values."""
    lead: str
    """What is given, what is asked, what the metrics mean."""
    given: str
    target: str
    """Names of the task's arrays."""
    ahead: bool
    """Whether the target follows what is given; otherwise both are of the same samples."""
    names: tuple[str, str, str]
    """Of given, target and estimate in a figure's key."""
    key: str
    moving: str
    """What is seen in the examples, and in the animation."""
    position: str
    by_position: str
    places: str
    """What the position of an error counts, a title, and where such an error is taken; empty where errors
    have no position."""
    plain: tuple[str, str]
    """A plain network to show beside the best: the beginning of its label, and its role."""
    unlike: str
    """Why scores at a smaller size are not those of the published size."""
    negligible: float
    """Share of the largest error below which an error is rounding, and is drawn as zero."""
    others: tuple[Metric, ...] = ()
    """Metrics that the pipeline writes and that have no column of their own."""
    by_set: str = "mse"
    """The metric of the table of all predictors on all test sets."""
    first_position: int = 0
    """The number that the first position has in figures."""
    answer: str = "an estimate"
    """What a predictor is timed on."""
    pairs: bool = False
    """Whether a signal is a set of points of one or two sequences; such have figures of their own."""
    networks_against_baselines: bool = False
    """Whether sentences say where networks are ahead, and where classical methods."""
    fourier: bool = False
    """Whether figures on the discrete Fourier transform come first."""
    better: Literal["lower", "higher"] = "lower"
    """Which values of the first metric are better: a lower one is an error, and has a logarithmic axis; a
    higher one is a score of at most 1, and has a linear axis."""
    limits: bool = True
    """Whether there are limits to hold a score against."""
    smoothed: str = ""
    """The metric that the first one becomes after smoothing over time; empty if nothing is smoothed."""
    classes: bool = False
    """Whether windows are told apart by class; such have figures of their own."""

    @property
    def headline(self) -> Metric:
        """The metric that ranks."""
        return self.metrics[0]

    def metric(self, name: str) -> Metric:
        """The metric of that name."""
        return next(metric for metric in (*self.metrics, *self.others) if metric.name == name)


DENOISE = View(
    task="denoise",
    metrics=(Metric("l1", "L1"), Metric("snr_gain_db", "SNR gain", 1, "dB"), Metric("mse", "MSE")),
    error="L1 error",
    difference="absolute",
    lead="A noisy signal is given, the clean one asked for. The error that ranks is L1, the mean absolute "
    "difference from the clean signal. SNR gain is how much of the noise was removed, in decibels: higher "
    "is better.",
    given="noisy",
    target="clean",
    ahead=False,
    names=("noisy", "truth", "estimate"),
    key="Dots are the noisy input, the thin line is the truth, the broad one the estimate (dashed for a "
    "limit).",
    moving="dots: noisy, thin line: truth",
    position="sample",
    by_position="Error by position",
    places="at each place in the signal",
    plain=("rnn", "plain RNN"),
    unlike="The more samples, the more noise can be averaged out.",
    negligible=1e-6,
)
FORECAST = View(
    task="forecast",
    metrics=(
        Metric("mse", "MSE"),
        Metric("normalised_mse", "Normalised MSE"),
        Metric("one_step_mse", "One-step MSE"),
        Metric("skill", "Skill", 3),
        Metric("mase", "MASE"),
    ),
    error="MSE",
    difference="squared",
    lead="The past of a signal is given, its next samples are asked for. The error that ranks is MSE, the "
    "mean squared error over all steps of the horizon; normalised, it is over the variance of what is to "
    "come, so that 1 is no better than a constant; one-step MSE is that of the first step alone. Skill is "
    "the share of the squared error of repeating the last value that is avoided: 1 is perfect, below 0 is "
    "worse than not moving. MASE is the mean absolute error over that which the naive forecast, a step or a "
    "season later the same, makes in the past.",
    given="past",
    target="future",
    ahead=True,
    names=("past", "future", "forecast"),
    key="What is given, its last part, is shaded; the thin line is what came, the broad one the forecast "
    "(dashed for a limit).",
    moving="shaded: the end of what is given, thin line: what came",
    position="steps ahead",
    by_position="Error by step of the horizon",
    places="at each step of the horizon",
    plain=("lstm", "plain LSTM"),
    unlike="At a smaller scale a network has seen fewer signals.",
    negligible=1e-13,
    first_position=1,
    answer="a forecast",
    networks_against_baselines=True,
    fourier=True,
)
INFER = View(
    task="infer",
    metrics=(
        Metric("crps", "CRPS"),
        Metric("nll", "NLL", 3, "nat", above_limit=True),
        Metric("joint_nll", "Joint NLL", 3, "nat", above_limit=True),
        Metric("mse", "MSE"),
        Metric("coverage_95", "In 95 %", 3),
        Metric("jump", "Jump"),
    ),
    others=(
        Metric("sequential_mse", "Sequential MSE"),
        Metric("fed_back_mse", "Fed-back MSE"),
        Metric("r2_first", "R² of the first member", 3),
        Metric("r2_second", "R² of the second member", 3),
        Metric("coverage_50", "In 50 %", 3),
        Metric("coverage_80", "In 80 %", 3),
        Metric("first_mse", "MSE right after the given points"),
        Metric("fed_back_jump", "Fed-back jump"),
    ),
    error="CRPS",
    difference="absolute",
    lead="Points of one sequence, or of two that share one shape, are given, and values of others asked "
    "for: each answer is a mean and a standard deviation. The error that ranks is the CRPS, the continuous "
    "ranked probability score: a mean absolute error that also charges for intervals too wide or too "
    "narrow. NLL is the negative log-likelihood of a value by itself, joint NLL that of each value after "
    "the true ones before it, in nats a point. Both may be negative, so what counts is their difference "
    "from the limit, written below them: at +0.1 nat the truth was held 10 % less likely, point by point. "
    "In 95 % is the share of values within the central 95 % interval, best at 0.95. Jump is the squared "
    "error at the first five values asked for over that at the others: near 1, nothing breaks between what "
    "is given and what is inferred.",
    given="context",
    target="target",
    ahead=False,
    names=("given", "truth", "mean"),
    key="",
    moving="",
    position="place among the points asked for",
    by_position="Error by inferred point",
    places="at each point asked for, in the order in which they are inferred",
    plain=("causal-attention", "published network"),
    unlike="At a smaller scale a network has seen fewer pairs.",
    negligible=1e-6,
    by_set="crps",
    first_position=1,
    answer="a prediction",
    pairs=True,
    networks_against_baselines=True,
)
CLASSIFY = View(
    task="classify",
    metrics=(
        Metric("kappa", "κ", 3),
        Metric("balanced_accuracy", "Balanced accuracy", 3),
        Metric("macro_f1", "Macro F1", 3),
        Metric("matthews", "Matthews", 3),
        Metric("smoothed_kappa", "Smoothed κ", 3),
        Metric("log_loss", "Log loss", 3),
        Metric("calibration_error", "Calibration error", 3),
    ),
    others=(
        Metric("smoothed_balanced_accuracy", "Smoothed balanced accuracy", 3),
        Metric("smoothed_macro_f1", "Smoothed macro F1", 3),
        Metric("smoothed_matthews", "Smoothed Matthews", 3),
    ),
    error="Cohen's κ",
    difference="absolute",
    lead="A window of a wrist accelerometer is given, what its wearer was doing asked for. The score that "
    "ranks is Cohen's κ, the agreement with the annotation beyond that of chance: 1 is perfect, 0 is chance, "
    "higher is better; its small plots have a linear axis. Balanced accuracy is the mean over classes of the "
    "share that is found, macro F1 the mean of their F1 scores, Matthews the correlation of answers and "
    "annotation. Smoothed κ is that after a hidden Markov model went over each participant's windows. Log "
    "loss, in nats, is of the probability of the annotated class, calibration error the mean distance of "
    "confidence from the share that is right: lower is better for both. Intervals draw whole participants, "
    "on none of whom a model was trained: windows of one person are alike, and drawn one by one would make "
    "intervals far too narrow.",
    given="spectrogram",
    target="label",
    ahead=False,
    names=("spectrogram", "annotated", "answer"),
    key="",
    moving="",
    position="",
    by_position="",
    places="",
    plain=("spectrogram-cnn", "published network"),
    unlike="At a smaller scale a network has seen fewer participants.",
    negligible=1e-6,
    by_set="kappa",
    answer="an answer",
    networks_against_baselines=True,
    better="higher",
    limits=False,
    smoothed="smoothed_kappa",
    classes=True,
)
VIEWS: Mapping[str, View] = {view.task: view for view in (DENOISE, FORECAST, INFER, CLASSIFY)}


def view_of(task: str) -> View:
    """How a task is shown; raises `InputError` for one that nobody described."""
    try:
        return VIEWS[task]
    except KeyError:
        raise InputError(
            f"tasks.{task}: the report knows no such task; expected one of {', '.join(VIEWS)}"
        ) from None
