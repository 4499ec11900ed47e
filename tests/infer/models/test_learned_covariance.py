"""The learned covariance against scikit-learn's kernels, and what it is meant to learn."""

from __future__ import annotations

import math

import numpy as np
import torch
from sklearn.gaussian_process.kernels import RBF, ExpSineSquared

from support.point_signals import draw
from tidemark.infer import learning
from tidemark.infer.laws import gaussian_process
from tidemark.infer.models.learned_covariance import JITTER, Hyperparameters, Model


def test_the_covariance_is_a_mixture_of_known_kernels() -> None:
    torch.manual_seed(0)
    network = Model(Hyperparameters(functions=2, periods=(3.0,)), 2, 10).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape))
    context = draw(1)[0]
    x, member = context[0, 0].numpy()[:, None], context[0, 1].long().numpy()
    scale, period = network.log_scale.detach().exp().numpy(), network.log_period.detach().exp().numpy()
    kernels = [RBF(scale[0])(x), RBF(scale[1])(x), ExpSineSquared(scale[2], period[0])(x), np.ones((20, 20))]
    shared, own = network.shared.detach().numpy(), network.own.detach().numpy()
    expected = np.diag(JITTER + np.exp(network.log_noise.detach().numpy())[member])
    for a, b, kernel in zip(shared, own, kernels, strict=True):
        mixed = np.outer(a, a) + np.diag(b**2)
        expected = expected + mixed[np.ix_(member, member)] * kernel
    np.testing.assert_allclose(network.covariance(context)[0].detach(), expected, atol=1e-12)


def test_it_learns_the_law_from_signals() -> None:
    """Within a tenth of a nat of the exact likelihood after a few steps on small pairs."""
    law = gaussian_process.Law(points=15, context=5, noise_std=0.1)
    stream = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    network = Model(Hyperparameters(), 2, 15)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.05)
    for _ in range(120):
        batch = gaussian_process.generate(law, 16, stream)
        loss = learning.loss(*network(batch["context"], batch["target"]), "gaussian_nll")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    test = gaussian_process.generate(law, 200, stream)
    covariance = gaussian_process.covariance(law, test["context"][:, 0], test["context"][:, 1])
    exact = learning.conditioned(
        covariance, test["context"], test["target"], learning.standard_normal(200, 30)
    )
    with torch.no_grad():
        found = learning.loss(network(test["context"]), test["target"], "gaussian_nll")
    limit = learning.loss(exact[:, :2], test["target"], "gaussian_nll")
    assert math.isfinite(float(limit)) and 0 <= float(found - limit) < 0.1
