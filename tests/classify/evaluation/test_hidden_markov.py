"""Hidden Markov models, against sums over all paths and recursions written out in probabilities."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidemark.classify.evaluation.hidden_markov import Chain, count, posteriors
from tidemark.classify.evaluation.sequences import sequences


def chain(states: int, random: np.random.Generator) -> Chain:
    return Chain(random.dirichlet(np.ones(states)), random.dirichlet(np.ones(states), states))


def over_all_paths(emission: np.ndarray, broken: np.ndarray, chain: Chain) -> tuple[np.ndarray, float]:
    """Posteriors and likelihood from the probability of every path of states, (steps, states)."""
    steps, states = emission.shape
    total = np.zeros((steps, states))
    for path in product(range(states), repeat=steps):
        probability = 1.0
        for step, state in enumerate(path):
            if step == 0 or broken[step]:
                probability *= chain.start[state]
            else:
                probability *= chain.transition[path[step - 1], state]
            probability *= emission[step, state]
        total[np.arange(steps), path] += probability
    return total / total.sum(1, keepdims=True), float(total[0].sum())


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 5), st.integers(2, 3), st.integers(0, 10**6))
def test_posteriors_and_likelihood_are_sums_over_all_paths(steps: int, states: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    law = chain(states, random)
    emission = random.gamma(0.3, size=(2, steps, states)) + 1e-9
    broken = random.random((2, steps)) < 0.3
    found, likelihood = posteriors(np.log(emission), broken, law)
    for sequence in range(2):
        expected, probability = over_all_paths(emission[sequence], broken[sequence], law)
        np.testing.assert_allclose(found[sequence], expected, rtol=1e-9, atol=1e-12)
        assert likelihood[sequence] == pytest.approx(np.log(probability), rel=1e-9)


def forward_backward(emission: np.ndarray, law: Chain) -> np.ndarray:
    """The textbook's recursions on one short unbroken sequence."""
    forward, backward = [law.start * emission[0]], [np.ones(emission.shape[1])]
    for seen in emission[1:]:
        forward.append(forward[-1] @ law.transition * seen)
    for seen in emission[:0:-1]:
        backward.insert(0, law.transition @ (seen * backward[0]))
    joint = np.array(forward) * np.array(backward)
    return joint / joint.sum(1, keepdims=True)


def test_many_sequences_at_once_are_each_by_itself() -> None:
    random = np.random.default_rng(0)
    law = chain(4, random)
    emission = random.gamma(1.0, size=(3, 2, 40, 4))
    found, _ = posteriors(np.log(emission), np.zeros((2, 40), dtype=bool), law)
    for place in np.ndindex(3, 2):
        np.testing.assert_allclose(found[place], forward_backward(emission[place], law), rtol=1e-9)


def test_a_break_parts_a_sequence_in_two() -> None:
    random = np.random.default_rng(1)
    law = chain(3, random)
    emission = np.log(random.gamma(1.0, size=(1, 20, 3)))
    broken = np.zeros((1, 20), dtype=bool)
    broken[0, 8] = True
    whole, likelihood = posteriors(emission, broken, law)
    first, one = posteriors(emission[:, :8], broken[:, :8], law)
    second, two = posteriors(emission[:, 8:], broken[:, 8:], law)
    np.testing.assert_allclose(whole, np.concatenate([first, second], 1), rtol=1e-12)
    assert likelihood == pytest.approx(one + two)


def test_a_long_and_very_sure_sequence_neither_over_nor_underflows() -> None:
    law = Chain(np.array([0.5, 0.5]), np.array([[1 - 1e-9, 1e-9], [1e-9, 1 - 1e-9]]))
    emission = np.full((1, 5000, 2), -800.0)
    emission[0, :2500, 0] = emission[0, 2500:, 1] = -5.0
    found, likelihood = posteriors(emission, np.zeros((1, 5000), dtype=bool), law)
    assert np.isfinite(likelihood).all()
    np.testing.assert_allclose(found[0, [0, 2499, 2500, 4999]], [[1, 0], [1, 0], [0, 1], [0, 1]], atol=1e-9)


def test_what_is_seen_without_a_meaning_leaves_the_chain() -> None:
    law = chain(3, np.random.default_rng(2))
    found, likelihood = posteriors(np.zeros((1, 6, 3)), np.zeros((1, 6), dtype=bool), law)
    expected = [law.start @ np.linalg.matrix_power(law.transition, step) for step in range(6)]
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)
    assert likelihood[0] == pytest.approx(0, abs=1e-12)


def test_transitions_are_counted_along_sequences_only() -> None:
    """Participant 1: 0 0 1 | 1 2, participant 2: 2 0; three states, and one transition more from each."""
    split = {
        "participant": np.array([1, 1, 1, 1, 1, 2, 2]),
        "time": np.array([0, 1, 2, 9, 10, 11, 12]) * 10**9,
    }
    label = np.array([0, 0, 1, 1, 2, 2, 0])
    counted = np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0]]) + 1 / 3
    order = np.array([3, 0, 6, 1, 5, 2, 4])
    shuffled = {name: each[order] for name, each in split.items()}
    found = count(label[order], sequences(shuffled, 10**9), 3)
    np.testing.assert_allclose(found.transition, counted / counted.sum(1, keepdims=True))
    np.testing.assert_allclose(found.start, np.array([3 + 1, 2 + 1, 2 + 1]) / 10)


def test_a_class_that_is_never_seen_is_possible() -> None:
    split = {"participant": np.zeros(50, dtype=int), "time": np.arange(50) * 10**9}
    found = count(np.zeros(50, dtype=int), sequences(split, 10**9), 2)
    assert (found.start > 0).all() and (found.transition > 0).all()
    np.testing.assert_allclose(found.transition.sum(1), 1)


def test_counts_find_the_chain_that_made_the_labels() -> None:
    random = np.random.default_rng(3)
    law = chain(3, random).transition
    label = [0]
    for _ in range(4000):
        label.append(int(random.choice(3, p=law[label[-1]])))
    split = {"participant": np.zeros(len(label), dtype=int), "time": np.arange(len(label)) * 10**9}
    found = count(np.array(label), sequences(split, 10**9), 3)
    np.testing.assert_allclose(found.transition, law, atol=0.05)
