"""From an entry and a dataset on disk to weights: what a run draws, begins at and leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from support.small_runs import write_lincomb
from tidemark.core import store, trained
from tidemark.core.errors import InputError
from tidemark.core.law import Generator
from tidemark.core.network import Network
from tidemark.denoise import learning
from tidemark.denoise.laws import lincomb
from tidemark.denoise.models import principal_components
from tidemark.training.entry import FinetunedEntry, ModelEntry, TrainingDefaults
from tidemark.training.run import learning_arrays, train_model

LAW = lincomb.Law(samples_per_cycle=16, cycles=2, functions=[{"frequency": 1}, {"frequency": 3}])
WHERE = "pipelines/denoise/params.yaml: models.m"
FRESH = "denoise/laws/lincomb"
DEFAULTS = TrainingDefaults(threads=1, checkpoint_seconds=60, snapshots=2)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_lincomb(tmp_path / "data", LAW, 12)


def entry(
    arch: str, hyperparameters: dict[str, Any], source: str = "training/stored", **training: Any
) -> ModelEntry:
    settings = {"loss": "l1", "steps": 2, "batch": 4, "learning_rate": 1e-3, "validate_every": 1, **training}
    return ModelEntry.model_validate(
        {
            "dataset": "small",
            "arch": arch,
            "source": source,
            "hyperparameters": hyperparameters,
            "training": settings,
        }
    )


def run(dataset: Path, chosen: ModelEntry) -> Any:
    return train_model("m", chosen, DEFAULTS, WHERE, dataset, dataset.parent / "resume")[:3]


def test_a_model_that_attends_leaves_maps_of_the_first_validation_signal(dataset: Path) -> None:
    chosen = entry("spectro_temporal_attention", {"cycles": 2}, optimizer="sgd")
    _, _, history = run(dataset, chosen)
    arrays = learning_arrays(history, learning.LEARNING, dataset)
    for kind in ("attention_temporal", "attention_spectral"):
        assert arrays[kind].shape == (32, 32)
        np.testing.assert_allclose(arrays[kind].sum(1), 1, rtol=1e-4)


def test_fresh_signals_follow_the_changed_law(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def generate(law: lincomb.Law, count: int, *rest: Any) -> Any:
        seen.append((law, count))
        return lincomb.generate(law, count, *rest)

    monkeypatch.setattr(lincomb, "GENERATOR", Generator(lincomb.Law, generate, lincomb.describe))
    run(dataset, entry("recurrent", {"hidden": 2}, source=FRESH, law={"noise_std": [0.2, 0.4]}))
    # In two steps, and once more to describe what was seen.
    assert [(law.noise_std, count) for law, count in seen] == [((0.2, 0.4), 4)] * 4
    assert seen[0][0].functions == LAW.functions


def test_a_model_begins_at_as_many_clean_signals_as_its_entry_says(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(principal_components.Model, "begin", lambda self, targets: seen.append(targets))
    run(dataset, entry("principal_components", {"components": 2, "directions": 2}))
    run(dataset, entry("principal_components", {"components": 2, "directions": 2}, source=FRESH, start=33))
    assert [tuple(targets.shape) for targets in seen] == [(12, 1, 32), (33, 1, 32)]
    stored = np.load(dataset / "fit/train/clean.npy")
    np.testing.assert_array_equal(seen[0].numpy(), stored)


def test_a_wrong_law_is_named(dataset: Path) -> None:
    with pytest.raises(InputError, match=rf"^{WHERE}\.training\.law\.noise_sd: unknown key"):
        run(dataset, entry("recurrent", {"hidden": 2}, source=FRESH, law={"noise_sd": 1}))


def test_two_models_of_one_seed_see_the_same_batches(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So models trained side by side (several jobs) compare like with like."""
    seen: list[torch.Tensor] = []
    loss = learning.loss
    monkeypatch.setattr(
        learning, "loss", lambda estimate, target, kind: seen.append(target) or loss(estimate, target, kind)
    )
    for hidden in (2, 3):
        run(dataset, entry("recurrent", {"hidden": hidden}, source=FRESH))
    half = len(seen) // 2
    assert all(torch.equal(a, b) for a, b in zip(seen[:half], seen[half:], strict=True))


def test_checkpoints_are_named_after_their_step_and_have_its_weights(dataset: Path) -> None:
    longer = entry("recurrent", {"hidden": 3}, steps=4, checkpoint_every=2, schedule="constant")
    shorter = entry("recurrent", {"hidden": 3}, steps=2, schedule="constant")
    _, _, history = run(dataset, longer)
    assert list(history.checkpoints) == ["step-2", "step-4"]
    _, _, other = run(dataset, shorter.model_copy(update={"training": shorter.training.model_copy(
        update={"checkpoint_every": 2})}))  # fmt: skip
    for name, tensor in history.checkpoints["step-2"].items():
        assert torch.equal(tensor, other.checkpoints["step-2"][name])


def test_a_model_goes_on_from_a_named_checkpoint(dataset: Path, tmp_path: Path) -> None:
    first = entry("recurrent", {"hidden": 3}, steps=4, checkpoint_every=2)
    info, weights, history = run(dataset, first)
    trained.save(tmp_path / "first", info, weights, history.checkpoints)
    values = first.model_dump() | {"init_from": "small/first", "checkpoint": "step-2"}
    values["training"] |= {"learning_rate": 1e-12, "checkpoint_every": 1, "steps": 1}
    second = FinetunedEntry.model_validate(values)
    after = train_model("n", second, DEFAULTS, WHERE, dataset, tmp_path / "again", tmp_path / "first").history
    for name, tensor in history.checkpoints["step-2"].items():
        torch.testing.assert_close(after.checkpoints["step-1"][name], tensor, atol=1e-9, rtol=0)
        assert not torch.equal(tensor, history.checkpoints["step-4"][name])


def test_a_checkpoint_that_is_not_there_is_named(dataset: Path, tmp_path: Path) -> None:
    first = entry("recurrent", {"hidden": 3})
    info, weights, _ = run(dataset, first)
    trained.save(tmp_path / "first", info, weights)
    second = FinetunedEntry.model_validate(
        first.model_dump() | {"init_from": "small/first", "checkpoint": "step-7"}
    )
    with pytest.raises(InputError, match=r"step-7\.safetensors: no such file"):
        train_model("n", second, DEFAULTS, WHERE, dataset, tmp_path / "again", tmp_path / "first")


def test_a_curriculum_gives_each_stage_its_law(dataset: Path) -> None:
    """Under noise far louder than the signal a stage's loss shows which law it was drawn from."""
    loud = {"noise_std": 50}
    chosen = entry(
        "recurrent", {"hidden": 3, "output": "linear"}, source=FRESH, steps=6, validate_every=1, loss="mse",
        law={"noise_std": 0}, curriculum=[{"steps": 2}, {"steps": 3, "law": loud}], learning_rate=1e-9,
    )  # fmt: skip
    _, _, history = run(dataset, chosen)
    losses = [loss for _, loss, _ in history.curve]
    assert len(losses) == 6
    quiet = max(*losses[:2], losses[5])
    assert min(losses[2:5]) > 1.05 * quiet


def test_with_teacher_forcing_a_network_learns_from_the_pair_that_it_returns(dataset: Path) -> None:
    """The loop compares the network's predictions and their targets, not its prediction from the input alone."""

    class Forced(Network):
        teacher_forcing = True

        def __init__(self) -> None:
            super().__init__()
            self.value = torch.nn.Parameter(torch.zeros(()))

        def forward(self, inputs: torch.Tensor, target: torch.Tensor | None = None) -> Any:
            if target is None:
                return self.value.expand_as(inputs)
            assert target.shape == inputs.shape
            return self.value[None], torch.full((1,), 3.0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "build", lambda *_: Forced())
        chosen = entry("recurrent", {}, steps=300, learning_rate=0.1, validate_every=300, clip=None)
        _, weights, _ = run(dataset, chosen)
    assert abs(weights["value"].item() - 3) < 0.1


@pytest.mark.parametrize("with_targets", [False, True])
def test_a_network_that_validates_with_targets_sees_them(dataset: Path, with_targets: bool) -> None:
    """It knows the target when shown it, and nothing without."""

    class Forced(Network):
        teacher_forcing, causal = True, True

        def __init__(self) -> None:
            super().__init__()
            self.validates_with_targets = with_targets
            self.value = torch.nn.Parameter(torch.zeros(()))

        def forward(self, inputs: torch.Tensor, target: torch.Tensor | None = None) -> Any:
            if target is None:
                return self.value.expand_as(inputs)
            return target + 0 * self.value, target

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "build", lambda *_: Forced())
        _, _, history = run(dataset, entry("recurrent", {}, steps=4, validate_every=2))
    losses = [loss for _, _, loss in history.curve]
    assert (max(losses) == 0) is with_targets


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "step_weighted_mse"}, ".training.loss = 'step_weighted_mse': not a loss of this task; expected l1 or mse"),
        ({"source": "denoise/laws/sine"}, ".source = 'denoise/laws/sine': small is made by 'lincomb'; name that law if there is one, or training/stored"),
        ({"source": "training/nothing"}, ".source: no file of src/tidemark/training is named 'nothing'"),
        ({"source": "training/loop"}, ".source: src/tidemark/training/loop.py provides no Source; add one to it"),
        ({"arch": "transformator"}, ".arch: no file of src/tidemark/denoise/models is named 'transformator'"),
        ({"hyperparameters": {"cell": "lstm"}}, ".hyperparameters.cell = 'lstm': input should be 'rnn' or 'gru'"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_named(dataset: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        run(dataset, entry(**{"arch": "recurrent", "hyperparameters": {"hidden": 2}} | changes))
    assert str(error.value).startswith(WHERE + message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"arch": "codebook"},
            r"\.arch = 'codebook': m is of task denoise, architecture 'recurrent'; they must be",
        ),
        ({"hyperparameters": {"hidden": 4}}, r"\.hyperparameters: m has {'hidden': 3}; leave them out"),
    ],
)
def test_a_model_goes_on_as_what_it_was(
    dataset: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    first = entry("recurrent", {"hidden": 3})
    info, weights, _ = run(dataset, first)
    trained.save(tmp_path / "first", info, weights)
    second = FinetunedEntry.model_validate(first.model_dump() | {"init_from": "small/first"} | changes)
    with pytest.raises(InputError, match=f"^{WHERE}{message}"):
        train_model("n", second, DEFAULTS, WHERE, dataset, tmp_path / "again", tmp_path / "first")


def test_a_models_description_holds_its_datasets(dataset: Path) -> None:
    """Without the test sets: what a model is does not depend on what it is scored on."""
    info, _, _ = run(dataset, entry("recurrent", {"hidden": 2}))
    assert info.dataset == store.read_fit_info(dataset)
    assert (dict(info.dataset.splits), info.task, info.causal) == (
        {"train": 12, "validation": 12},
        "denoise",
        True,
    )
