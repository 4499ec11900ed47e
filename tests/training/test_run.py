"""From an entry and a dataset on disk to weights: what a run draws, begins at and leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tidemark.core.errors import InputError
from tidemark.core.params import ModelEntry, TrainingDefaults
from tidemark.core.store import DatasetInfo, write_dataset
from tidemark.models import principal_components
from tidemark.signals import lincomb
from tidemark.tasks import denoise
from tidemark.training.run import learning_arrays, train_model

LAW = lincomb.Law(samples_per_cycle=16, cycles=2, functions=[{"frequency": 1}, {"frequency": 3}])
DEFAULTS = TrainingDefaults(threads=1, checkpoint_seconds=60, snapshots=2)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    splits = {
        split: {k: t.numpy() for k, t in lincomb.generate(LAW, 12, torch.Generator().manual_seed(n)).items()}
        for n, split in enumerate(("train", "validation", "test"))
    }
    info = DatasetInfo(
        name="small", generator="lincomb", seed=0, splits=dict.fromkeys(splits, 12), law=LAW.model_dump(),
        **lincomb.describe(LAW),
    )  # fmt: skip
    write_dataset(tmp_path / "data", info, splits)
    return tmp_path / "data"


def entry(arch: str, hyperparameters: dict[str, Any], **training: Any) -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "task": "denoise",
            "dataset": "small",
            "arch": arch,
            "hyperparameters": hyperparameters,
            "training": {"steps": 2, "batch": 4, "learning_rate": 1e-3, "validate_every": 1, **training},
        }
    )


def run(dataset: Path, chosen: ModelEntry) -> Any:
    return train_model("m", chosen, DEFAULTS, denoise, dataset, dataset.parent / "resume")


def test_a_model_that_attends_leaves_maps_of_the_first_validation_signal(dataset: Path) -> None:
    chosen = entry("spectro_temporal_attention", {"cycles": 2}, optimizer="sgd")
    _, _, history = run(dataset, chosen)
    arrays = learning_arrays(history, denoise, dataset)
    for kind in ("attention_temporal", "attention_spectral"):
        assert arrays[kind].shape == (32, 32)
        np.testing.assert_allclose(arrays[kind].sum(1), 1, rtol=1e-4)


def test_fresh_signals_follow_the_changed_law(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    generate = lincomb.generate
    monkeypatch.setattr(
        lincomb,
        "generate",
        lambda law, count, *rest: seen.append((law, count)) or generate(law, count, *rest),
    )
    run(dataset, entry("recurrent", {"hidden": 2}, source="fresh", law={"noise_std": [0.2, 0.4]}))
    assert [(law.noise_std, count) for law, count in seen] == [((0.2, 0.4), 4)] * 2
    assert seen[0][0].functions == LAW.functions


def test_a_model_begins_at_as_many_clean_signals_as_asked(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(principal_components.Model, "start", lambda self, targets: seen.append(targets))
    run(dataset, entry("principal_components", {"components": 2, "directions": 2}))
    run(dataset, entry("principal_components", {"components": 2, "directions": 2}, source="fresh", start=33))
    assert [tuple(targets.shape) for targets in seen] == [(12, 1, 32), (33, 1, 32)]
    stored = np.load(dataset / "train/clean.npy")
    np.testing.assert_array_equal(seen[0].numpy(), stored)


def test_a_wrong_law_is_named(dataset: Path) -> None:
    with pytest.raises(InputError, match=r"models\.m\.training\.law\.noise_sd: unknown key"):
        run(dataset, entry("recurrent", {"hidden": 2}, source="fresh", law={"noise_sd": 1}))


def test_two_models_of_one_seed_see_the_same_batches(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So models trained side by side (several jobs) compare like with like."""
    given: list[torch.Tensor] = []
    loss = denoise.loss
    monkeypatch.setattr(
        denoise, "loss", lambda estimate, target, kind: given.append(target) or loss(estimate, target, kind)
    )
    for hidden in (2, 3):
        run(dataset, entry("recurrent", {"hidden": hidden}, source="fresh"))
    half = len(given) // 2
    assert all(torch.equal(a, b) for a, b in zip(given[:half], given[half:], strict=True))
