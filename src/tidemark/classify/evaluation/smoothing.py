"""Smoothing a predictor's probabilities over time: what a hidden Markov model of the labels makes of them.

The model's states are the classes, their chain is counted from the training labels. What a predictor says of
a window is an observation of its state, in one of `FORMS`, with a temperature, for predictors are not
calibrated and errors depend on each other. Form and temperature are chosen on the validation participants,
and there is no smoothing where none does reliably better than the predictor by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tidemark.classify.evaluation.hidden_markov import Chain, posteriors
from tidemark.classify.evaluation.hidden_markov import count as count_transitions
from tidemark.classify.evaluation.scores import HEADLINE, confusion, metric
from tidemark.classify.evaluation.sequences import sequences, without_overlap
from tidemark.classify.learning import TARGET
from tidemark.core.store import Array, Split

FORMS = ("scaled", "plain", "confusion")
"""How likely what is seen is in each class: the class's probability over its share in training (the scaled
likelihood of Bourlard and Morgan, "Connectionist speech recognition", 1994); the probability as it is, right
for a predictor to which all classes were equally frequent; how often a window of the class is given the label
that is most probable here (Willetts et al., "Statistical machine learning of sleep and physical activity
phenotypes from sensor data in 96,220 UK Biobank participants", Scientific Reports 8, 2018)."""
TEMPERATURES = (0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
"""What the logarithm of that is divided by."""
WORTH = 0.005
"""What is gained must be more than this, of a score whose best value is 1: less is luck as easily as not."""
LEAST = float(np.finfo(np.float32).eps)
"""No probability is known to be smaller."""


@dataclass(frozen=True)
class Trial:
    """How one way to smooth does on the validation participants."""

    form: str
    """One of `FORMS`, or `none`."""
    temperature: float
    score: float
    """The task's headline score over all windows."""
    log_loss: float
    """Mean negative log-probability of the true class, in nats."""
    gain: float = 0.0
    """Mean over participants of how much higher the headline score is than without smoothing."""
    gain_error: float = 0.0
    """Standard error of that mean."""


@dataclass(frozen=True)
class Smoothing:
    """A way to smooth, and what else was tried."""

    chain: Chain
    confused: Array
    """(classes, classes): probability of the most probable label, by true class."""
    duration: int
    """Of a window, in ns."""
    chosen: Trial
    trials: Sequence[Trial] = ()

    def __call__(self, probabilities: Array, split: Split) -> Array:
        """Probabilities given all windows of a sequence; both (windows, classes), the result float32."""
        if self.chosen.form == "none":
            return np.asarray(probabilities, dtype=np.float32)
        emission = self._log_emission(probabilities, self.confused)
        laid = sequences(split, self.duration)
        result, _ = posteriors(laid.laid_out(emission, 0.0), laid.broken, self.chain)
        return laid.by_window(result).astype(np.float32)

    def _log_emission(self, probabilities: Array, confused: Array) -> Array:
        """(windows, classes); `confused` is (classes, classes) or, for each window, (windows, …)."""
        if self.chosen.form == "confusion":
            label = probabilities.argmax(-1)[:, None, None]
            confused = np.broadcast_to(confused, (len(label), *confused.shape[-2:]))
            log_emission = np.log(np.take_along_axis(confused, label, -1)[..., 0])
        else:
            log_emission = np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), LEAST))
            if self.chosen.form == "scaled":
                log_emission = log_emission - np.log(self.chain.start)
        return np.asarray(log_emission / self.chosen.temperature)


def learn(train: Split, validation: Split, probabilities: Array, duration: int) -> Smoothing:
    """The way to smooth that does best on validation participants, of whom `probabilities` are given.

    These are (windows, classes); splits have `label`, `participant` and `time` (ns), (windows,) each; windows
    last `duration` ns, and only ones that do not overlap are used. The form `confusion` is tried with the
    matrix of the other participants. A way is better than none if its mean gain over participants exceeds
    that mean's standard error and its headline score over all windows is higher by `WORTH`.
    """
    classes = probabilities.shape[1]
    selected = without_overlap(validation, duration)
    validation, probabilities = _labels(validation, selected), probabilities[selected]
    train = _labels(train, without_overlap(train, duration))
    chain = count_transitions(train[TARGET], sequences(train, duration), classes)
    counts = confusion(probabilities[:, None], validation)[:, 0]
    participant = np.unique(validation["participant"], return_inverse=True)[1]
    others = _shares(counts.sum(0) - counts)[participant]
    none = replace(_judged(probabilities, validation, counts), form="none", temperature=1.0)
    trials = [none]
    smoothing = Smoothing(chain, _shares(counts.sum(0)), duration, none, trials)
    if (probabilities == probabilities[0]).all():
        return smoothing  # one answer to everything says nothing of time
    laid = sequences(validation, duration)
    for form in FORMS:
        for temperature in TEMPERATURES:
            trial = replace(none, form=form, temperature=temperature)
            emission = replace(smoothing, chosen=trial)._log_emission(probabilities, others)
            result = laid.by_window(posteriors(laid.laid_out(emission, 0.0), laid.broken, chain)[0])
            judged = _judged(result, validation, counts)
            trials.append(replace(judged, form=form, temperature=temperature))
    better = [each for each in trials[1:] if each.gain > each.gain_error and each.score > none.score + WORTH]
    chosen = max([none, *better], key=lambda trial: (trial.score, -trial.log_loss))
    return replace(smoothing, chosen=chosen, trials=trials)


HEADER = ("emission", "temperature", "score", "log_loss", "gain", "gain_error", "chosen")


def rows(smoothing: Smoothing) -> Iterator[tuple[object, ...]]:
    """What was tried on validation participants, as `HEADER` names it; `chosen` is 0 or 1."""
    for trial in smoothing.trials:
        known = (trial.score, trial.log_loss, trial.gain, trial.gain_error)
        yield trial.form, trial.temperature, *known, int(trial == smoothing.chosen)


def _labels(split: Split, selected: Array) -> Split:
    return {name: np.asarray(split[name])[selected] for name in (TARGET, "participant", "time")}


def _shares(confusion: Array) -> Array:
    """Shares of labels by true class, (…, classes, classes); in each row one window more is dealt out."""
    counts = confusion + 1 / confusion.shape[-1]
    return np.asarray(counts / counts.sum(-1, keepdims=True))


def _judged(probabilities: Array, split: Split, own: Array) -> Trial:
    """How probabilities do; `own` is the confusion without smoothing, (participants, classes, classes)."""
    counts = confusion(probabilities[:, None], split)[:, 0]
    chosen = np.take_along_axis(probabilities, split[TARGET][:, None], 1)
    # Whoever did one thing throughout has no score, and nothing is gained or lost.
    gain = np.nan_to_num(metric(HEADLINE, counts) - metric(HEADLINE, own))
    error = float(gain.std(ddof=1)) / math.sqrt(len(gain)) if len(gain) > 1 else 0.0
    score = float(np.nan_to_num(metric(HEADLINE, counts.sum(0))))
    log_loss = -float(np.log(np.maximum(chosen, LEAST)).mean())
    return Trial("", math.nan, score, log_loss, float(gain.mean()), error)
