"""The learning rate, against torch's own schedulers."""

import pytest
import torch

from tidemark.training.entry import TrainingEntry
from tidemark.training.optimizers import learning_rate


def entry(**changes: object) -> TrainingEntry:
    return TrainingEntry.model_validate(
        {"loss": "l1", "steps": 50, "batch": 4, "learning_rate": 0.1} | changes
    )


def test_cosine_equals_torch() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50)
    for step in range(50):
        assert learning_rate(entry(), step) == pytest.approx(scheduler.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        scheduler.step()


def test_warm_up_rises_to_the_full_rate_and_constant_stays() -> None:
    rates = [learning_rate(entry(warmup=5, schedule="constant"), step) for step in range(8)]
    assert rates == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1, 0.1, 0.1, 0.1])
