"""From an entry and a dataset on disk to weights: what a run draws, begins at and leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from support.small_runs import write_lincomb
from tidemark import trained
from tidemark.core.entries import FinetunedEntry, ModelEntry, TrainingDefaults
from tidemark.core.errors import InputError
from tidemark.models.denoise import principal_components
from tidemark.signals import lincomb
from tidemark.tasks import denoise
from tidemark.training.run import learning_arrays, train_model

LAW = lincomb.Law(samples_per_cycle=16, cycles=2, functions=[{"frequency": 1}, {"frequency": 3}])
DEFAULTS = TrainingDefaults(threads=1, checkpoint_seconds=60, snapshots=2)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_lincomb(tmp_path / "data", LAW, 12)


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


def test_checkpoints_are_kept_by_name_and_are_the_weights_of_their_step(dataset: Path) -> None:
    kept = entry("recurrent", {"hidden": 3}, steps=4, checkpoint_every=2, schedule="constant")
    shorter = entry("recurrent", {"hidden": 3}, steps=2, schedule="constant")
    _, _, history = run(dataset, kept)
    assert list(history.checkpoints) == ["step-2", "step-4"]
    _, _, other = run(dataset, shorter.model_copy(update={"training": shorter.training.model_copy(
        update={"checkpoint_every": 2})}))  # fmt: skip
    for name, tensor in history.checkpoints["step-2"].items():
        assert torch.equal(tensor, other.checkpoints["step-2"][name])


def test_a_model_goes_on_from_a_named_checkpoint(dataset: Path, tmp_path: Path) -> None:
    first = entry("recurrent", {"hidden": 3}, steps=4, checkpoint_every=2)
    info, weights, history = run(dataset, first)
    trained.save(tmp_path / "first", info, weights, history.checkpoints)
    values = first.model_dump() | {"init_from": "first", "checkpoint": "step-2"}
    values["training"] |= {"learning_rate": 1e-12, "checkpoint_every": 1, "steps": 1}
    second = FinetunedEntry.model_validate(values)
    _, _, after = train_model("n", second, DEFAULTS, denoise, dataset, tmp_path / "again", tmp_path / "first")
    for name, tensor in history.checkpoints["step-2"].items():
        torch.testing.assert_close(after.checkpoints["step-1"][name], tensor, atol=1e-9, rtol=0)
        assert not torch.equal(tensor, history.checkpoints["step-4"][name])


def test_a_checkpoint_that_is_not_there_is_named(dataset: Path, tmp_path: Path) -> None:
    first = entry("recurrent", {"hidden": 3})
    info, weights, _ = run(dataset, first)
    trained.save(tmp_path / "first", info, weights)
    second = FinetunedEntry.model_validate(
        first.model_dump() | {"init_from": "first", "checkpoint": "step-7"}
    )
    with pytest.raises(InputError, match=r"step-7\.safetensors: no such file"):
        train_model("n", second, DEFAULTS, denoise, dataset, tmp_path / "again", tmp_path / "first")


def test_a_curriculum_gives_each_stage_its_law(dataset: Path) -> None:
    """Under noise far louder than the signal a stage's loss shows which law it was drawn from."""
    loud = {"noise_std": 50}
    chosen = entry(
        "recurrent", {"hidden": 3, "output": "linear"}, source="fresh", steps=6, validate_every=1, loss="mse",
        law={"noise_std": 0}, curriculum=[{"steps": 2}, {"steps": 3, "law": loud}], learning_rate=1e-9,
    )  # fmt: skip
    _, _, history = run(dataset, chosen)
    losses = [loss for _, loss, _ in history.curve]
    assert len(losses) == 6
    quiet = max(*losses[:2], losses[5])
    assert min(losses[2:5]) > 1.05 * quiet


def test_a_taught_network_learns_from_what_it_says(dataset: Path) -> None:
    """The loop compares the pair that a taught network gives, not its estimate of the target alone."""

    class Taught(torch.nn.Module):
        taught, causal = True, False

        def __init__(self) -> None:
            super().__init__()
            self.value = torch.nn.Parameter(torch.zeros(()))

        def forward(self, given: torch.Tensor, target: torch.Tensor | None = None) -> Any:
            if target is None:
                return self.value.expand_as(given)
            assert target.shape == given.shape
            return self.value[None], torch.full((1,), 3.0)

    network = Taught()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "build", lambda *_: network)
        chosen = entry("recurrent", {}, steps=300, learning_rate=0.1, validate_every=300, clip=None)
        _, weights, _ = run(dataset, chosen)
    assert abs(weights["value"].item() - 3) < 0.1


@pytest.mark.parametrize("guided", [False, True])
def test_a_guided_network_is_validated_with_the_target_in_sight(dataset: Path, guided: bool) -> None:
    """It knows the target when shown it, and nothing without."""

    class Guided(torch.nn.Module):
        taught, causal = True, True

        def __init__(self) -> None:
            super().__init__()
            self.guided = guided
            self.value = torch.nn.Parameter(torch.zeros(()))

        def forward(self, given: torch.Tensor, target: torch.Tensor | None = None) -> Any:
            if target is None:
                return self.value.expand_as(given)
            return target + 0 * self.value, target

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "build", lambda *_: Guided())
        _, _, history = run(dataset, entry("recurrent", {}, steps=4, validate_every=2))
    losses = [loss for _, _, loss in history.curve]
    assert (max(losses) == 0) is guided
