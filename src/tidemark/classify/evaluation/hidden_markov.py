"""A discrete hidden Markov model: counted transitions, and what a sequence says of each of its states.

Rabiner, "A tutorial on hidden Markov models and selected applications in speech recognition", Proceedings of
the IEEE 77 (1989), sections III and V.A.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tidemark.classify.evaluation.sequences import Sequences
from tidemark.core.store import Array


@dataclass(frozen=True)
class Chain:
    """The law of a sequence of states."""

    start: Array
    """(states,): how probable each is where a sequence begins, or begins anew."""
    transition: Array
    """(states, states): from row to column; rows sum to 1."""


def count(label: Array, laid: Sequences, states: int) -> Chain:
    """The chain of known states, `label` (windows,), along their sequences.

    Each state counts once more than it occurs, and from each there is one transition more than there are,
    dealt out to all evenly: so nothing that has not been seen is impossible.
    """
    along = laid.laid_out(label, 0)
    follows = ~laid.broken[:, 1:]
    pairs = along[:, :-1][follows] * states + along[:, 1:][follows]
    transitions = np.bincount(pairs, minlength=states**2).reshape(states, states) + 1 / states
    occurrences = np.bincount(label, minlength=states) + 1
    return Chain(occurrences / occurrences.sum(), transitions / transitions.sum(1, keepdims=True))


def posteriors(log_emission: Array, broken: Array, chain: Chain) -> tuple[Array, Array]:
    """How probable each state is at each step given the whole sequence, and the sequences' log-likelihoods.

    `log_emission` is (…, steps, states): the logarithm of how likely what is seen at a step is in each state,
    up to a constant a step for the posteriors; `broken` is (…, steps), whether a sequence begins anew there.
    Returns posteriors (…, steps, states) and log-likelihoods (…). Forward and backward probabilities are
    scaled at every step; all sequences go step by step together.
    """
    largest = log_emission.max(-1, keepdims=True)
    emission = np.moveaxis(np.exp(log_emission - largest), -2, 0)  # (steps, …, states)
    anew = np.moveaxis(np.broadcast_to(broken, log_emission.shape[:-1]), -1, 0)[..., None]
    forward = np.empty_like(emission)
    scale = np.empty(emission.shape[:-1])
    before = np.broadcast_to(chain.start, emission.shape[1:])
    for step, seen in enumerate(emission):
        expected = np.where(anew[step], chain.start, before @ chain.transition) if step else before
        joint = expected * seen
        scale[step] = joint.sum(-1)
        before = joint / scale[step][..., None]
        forward[step] = before
    backward = np.ones_like(before)
    result = forward  # is overwritten from its end, each step when it has been used
    for step in range(len(emission) - 2, -1, -1):
        after = emission[step + 1] * backward / scale[step + 1][..., None]
        backward = np.where(anew[step + 1], 1.0, after @ chain.transition.T)
        result[step] *= backward
    likelihood = np.log(scale).sum(0) + largest[..., 0].sum(-1)
    return np.moveaxis(result / result.sum(-1, keepdims=True), 0, -2), likelihood
