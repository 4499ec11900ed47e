"""The codebook against the posterior mean written out, and the start of its codewords."""

from __future__ import annotations

import numpy as np
import torch

from tidemark.denoise.models.codebook import Hyperparameters, Model


def test_the_estimate_is_the_posterior_mean_under_the_law_it_states() -> None:
    torch.manual_seed(0)
    network = Model(Hyperparameters(codewords=5, noise=0.3), channels=2, length=7)
    signal = torch.randn(3, 2, 7)
    alpha, beta = network.log_alpha.exp().item(), network.log_beta.exp().item()
    words = network.codebook.detach().numpy().astype(np.float64)
    prior = network.log_prior.detach().numpy().astype(np.float64)
    for noisy, estimate in zip(signal.numpy().astype(np.float64), network(signal), strict=True):
        scores = []
        for word, share in zip(words, prior, strict=True):
            score = share
            for rest in noisy.ravel() - word:
                score += -alpha * rest**2 - beta * max(abs(rest) - 0.3, 0) ** 2
            scores.append(score)
        expected = np.average(words, axis=0, weights=np.exp(np.array(scores) - max(scores))).reshape(2, 7)
        np.testing.assert_allclose(estimate.detach().numpy(), expected, rtol=1e-4, atol=1e-5)


def test_codewords_begin_as_the_distinct_signals() -> None:
    """As many codewords as distinct signals: each is found once, however often it stands there."""
    distinct = torch.randn(6, 1, 9, generator=torch.Generator().manual_seed(1))
    signals = distinct[torch.tensor([0, 0, 0, 3, 1, 1, 5, 2, 4, 4, 0])]
    network = Model(Hyperparameters(codewords=6), channels=1, length=9)
    network.begin(signals)
    found = sorted(network.codebook.detach().numpy().tolist())
    assert found == sorted(distinct.flatten(1).numpy().tolist())
