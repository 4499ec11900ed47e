"""Only the noisy recording is known: scores rank as the truth would, coloured noise is warned of, networks learn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.signal import lfilter
from scipy.stats import kendalltau

from support.sines import draw
from tidemark.core import gaps, registry, store
from tidemark.core.errors import InputError
from tidemark.core.law import Generator
from tidemark.core.method import Method
from tidemark.core.network import Architecture
from tidemark.core.params import validate
from tidemark.core.store import Array, DatasetInfo, Split
from tidemark.core.task import Task
from tidemark.denoise import held_out, learning
from tidemark.denoise.blind_spot import NEAR, SHARE, SOURCE, BlindSpotBatches, moved
from tidemark.denoise.figures import without_truth
from tidemark.denoise.pairs import pairs
from tidemark.denoise.windows import DenoiseRecording, windowed
from tidemark.evaluation.entry import EvaluationEntry
from tidemark.evaluation.evaluate import Candidate, evaluate
from tidemark.signals.windows import hidden, whiteness
from tidemark.training.batches import Batches, Request, StoredBatches
from tidemark.training.entry import ModelEntry

WHERE = "pipelines/denoise/params.yaml: recordings.x"
LAWS: dict[str, dict[str, Any]] = {
    "sine": {"period": 60, "offset": 100},
    "sine-free": {"period": [20, 100], "amplitude": [0.3, 1], "offset": None},
}
"""Those of the pipeline's datasets of these names."""
METHODS: list[tuple[str, dict[str, Any]]] = [
    ("raw", {}),
    ("mean", {}),
    *(("savitzky_golay", {"window": window, "degree": 1}) for window in (3, 7, 15, 31, 61)),
    *(("savitzky_golay", {"window": window, "degree": 3}) for window in (9, 21, 45)),
    *(("whittaker", {"penalty": penalty}) for penalty in (1, 100, 10_000, "cross-validated")),
    *(("wavelet", {"wavelet": "sym8", "level": 4, "factor": factor}) for factor in (0.4, 1.0)),
    ("wiener", {"window": 9, "noise_power": "spectral"}),
]


def law_signals(law: str, count: int, seed: int) -> dict[str, Array]:
    generator = registry.load("denoise/laws", "sine", law, Generator)
    drawn = generator.generate(
        validate(generator.law, LAWS[law], law), count, torch.Generator().manual_seed(seed)
    )
    return {name: drawn[name].numpy().astype(float) for name in ("noisy", "clean")}


def coloured(shape: tuple[int, ...], correlation: float, seed: int = 0) -> Array:
    """A stationary AR(1) process of variance 1 along the last axis."""
    white = np.random.default_rng(seed).standard_normal((*shape[:-1], shape[-1] + 200))
    process = lfilter([1], [1, -correlation], white * np.sqrt(1 - correlation**2))
    return np.asarray(process[..., 200:])


def recording(samples: int, correlation: float = 0.0, seed: int = 0) -> Array:
    """A changing wave under noise a third as large, (1, samples)."""
    time = np.arange(samples)
    clean = np.sin(2 * np.pi * time / 60 + np.sin(time / 300))
    return np.asarray(5 + 2 * (clean + 0.35 * coloured((1, samples), correlation, seed)))


def entry(**changes: object) -> DenoiseRecording:
    settings = {"file": "x.csv", "window": 40, "hop": 10, "reference": "none"}
    return DenoiseRecording.model_validate(settings | changes)


def info(length: int = 100) -> DatasetInfo:
    return replace(draw(1, length)[1], generator="recorded", law={}, without_truth=True)


def score(name: str, estimate: Array, split: Split) -> float:
    return float(held_out.metric(name, *(part.sum(0) for part in held_out.sums(estimate, split)[name])))


# What is hidden


def test_every_sample_is_hidden_once_and_seen_in_all_other_copies() -> None:
    noisy = np.random.default_rng(0).normal(size=(5, 2, 37))
    noisy[3, 1, 4:7] = np.nan
    split = hidden.throughout(noisy)
    copies = {
        name: array.reshape(hidden.EVERY, 5, 2, 37) for name, array in split.items() if name != "window"
    }
    hides = np.isnan(copies["noisy"]) & ~np.isnan(noisy)
    assert (hides.sum(0) == ~np.isnan(noisy)).all()
    np.testing.assert_array_equal(
        np.nanmax(np.nan_to_num(copies["clean"], nan=-np.inf), axis=0)[:3], noisy[:3]
    )
    np.testing.assert_array_equal(learning.whole(split), np.tile(noisy, (hidden.EVERY, 1, 1)))
    assert (np.bincount(split["window"]) == hidden.EVERY).all()


def test_a_recording_alone_becomes_windows_that_hold_no_target_in_their_input() -> None:
    whole = recording(4000)
    whole[0, 100:130] = np.nan
    described, splits = windowed("x", {"clean": whole}, entry(minimum_present=0.2), 1.0, WHERE)
    assert described.without_truth and described.noise["white"]
    assert described.noise["std"][0] * described.std[0] == pytest.approx(0.7, rel=0.1)
    for split in splits.values():
        assert (np.isnan(split["noisy"]) | np.isnan(split["clean"])).all()
    tested = learning.whole({name: splits["test"][name] for name in ("noisy", "clean")})[
        : described.splits["test"]
    ]
    expected = (whole[:, -600:] - described.mean[0]) / described.std[0]
    np.testing.assert_allclose(tested.reshape(-1), expected.reshape(-1), atol=1e-5)


def test_what_needs_clean_signals_is_refused() -> None:
    split = hidden.once(draw(4)[0]["noisy"], np.random.default_rng(0))
    with pytest.raises(
        InputError, match="^ridge: learns from clean signals, and of 'some' only noisy ones are known"
    ):
        pairs(split, info(), "training", "ridge")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"snr_db": 10.0}, "give either snr_db .noise is added., noisy_columns .a pair. or reference: none"),
        ({"reference": None}, "give either snr_db"),
        ({"reference": None, "columns": ["a"], "noisy_columns": ["a"]}, "'a' is among the clean columns too; name another"),
        ({"window": 7, "hop": 7}, "window 7: with reference: none one of 8 samples is hidden; choose 8 or more"),
        ({"reference": "clean"}, "none"),
    ],
)  # fmt: skip
def test_entries_that_make_no_sense_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        entry(**changes)


# Scores


def test_the_error_on_hidden_samples_less_the_noise_is_that_to_the_truth() -> None:
    drawn = law_signals("sine-free", 1500, 1)
    split: dict[str, Array] = hidden.throughout(drawn["noisy"])
    squares, count = whiteness.squares(drawn["noisy"][:, 0], whiteness.SMOOTH)
    others = np.zeros(len(split["window"]) - len(squares))
    split |= {"noise_squares": np.append(squares, others), "noise_count": np.append(count, others)}
    estimate = gaps.fill(split["noisy"])  # of what is hidden, the mean of its two neighbours
    error = np.where(
        np.isnan(split["clean"]), np.nan, estimate - np.tile(drawn["clean"], (hidden.EVERY, 1, 1))
    )
    noise = 0.35**2 / 3
    assert score("held_out_mse", estimate, split) == pytest.approx(np.nanmean(error**2) + noise, rel=0.01)
    assert score("excess_mse", estimate, split) == pytest.approx(np.nanmean(error**2), rel=0.03)
    assert np.nanmean(error**2) == pytest.approx(noise / 2, rel=0.05)  # but for the ends


@pytest.mark.parametrize("law", LAWS)
def test_methods_rank_without_truth_as_with_it(law: str) -> None:
    drawn = law_signals(law, 250, 7)
    split, known, unknown = hidden.throughout(drawn["noisy"]), [], []
    for name, options in METHODS:
        method = registry.load("denoise/baselines", name, name, Method)
        checked = validate(method.options, options, name)
        estimate = method.predict({"noisy": drawn["noisy"]}, info(), checked)
        known.append(np.square(estimate - drawn["clean"]).mean())
        unknown.append(score("held_out_mse", method.predict(split, info(), checked), split))
    assert kendalltau(known, unknown).statistic >= 0.8


# Whether the noise is white


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("samples", [600, 20_000])
def test_white_noise_is_not_warned_of(samples: int, seed: int) -> None:
    found = whiteness.noise_of(recording(samples, seed=seed)[0])
    assert found.is_white
    assert np.sqrt(found.variance) == pytest.approx(0.7, rel=0.1)


@pytest.mark.parametrize("correlation", [0.3, 0.6, 0.9, -0.5])
def test_coloured_noise_is_warned_of(correlation: float) -> None:
    assert not whiteness.noise_of(recording(3000, correlation)[0]).is_white
    described, splits = windowed("x", {"clean": recording(5000, correlation)}, entry(), 1.0, WHERE)
    assert without_truth.sentence(described.noise).startswith("WARNING: the noise is not white")
    assert "excess_mse" not in held_out.sums(np.zeros_like(splits["test"]["clean"]), splits["test"])


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_on_laws_noise_is_warned_of_where_it_is_coloured(law: str, correlation: float) -> None:
    drawn = law_signals(law, 60, 3)
    under = drawn["noisy"] if not correlation else drawn["clean"] + 0.2 * coloured((60, 1, 100), correlation)
    one_after_the_other = np.concatenate([*np.pad(under[:, 0], [(0, 0), (0, 12)], constant_values=np.nan)])
    assert whiteness.noise_of(one_after_the_other).is_white == (correlation == 0)


def test_residuals_of_white_noise_have_the_autocorrelation_that_is_expected() -> None:
    """Against brute force: 400 recordings of pure noise, of which a fixed filter leaves its own autocorrelation."""
    kernel = np.array([-0.3, -0.2, 1.0, -0.2, -0.3])
    rho = np.correlate(kernel, kernel, "full")[4:] / np.square(kernel).sum()
    left = whiteness.filtered(np.random.default_rng(0).normal(size=(400, 1000)), kernel)
    found = np.array([[whiteness._autocorrelation(row, lag) for lag in (1, 2, 3)] for row in left])
    np.testing.assert_allclose(found.mean(0), rho[1:4], atol=0.01)
    spread = np.sqrt(whiteness._bartlett(rho, np.array([1, 2, 3])) / left.shape[1])
    np.testing.assert_allclose(found.std(0), spread, rtol=0.15)


@pytest.mark.parametrize("values", [np.zeros(500), np.full(500, np.nan), np.arange(30.0)])
def test_nothing_is_said_of_noise_where_there_is_nothing_to_say_it_by(values: Array) -> None:
    assert whiteness.noise_of(values).lag == 0 and not whiteness.noise_of(values).is_white


# Training


def test_what_is_hidden_is_the_target_and_its_input_is_another_sample_nearby() -> None:
    noisy = torch.randn(300, 2, 64)
    noisy[5, 0, 10:14] = torch.nan
    batch = BlindSpotBatches(noisy, ("noisy", "clean"), 300, seed=0).at(3)
    order = torch.tensor([int((noisy == row.nan_to_num()).sum((1, 2)).argmax()) for row in batch["noisy"]])
    own, hides = noisy[order], ~batch["clean"].isnan()
    assert torch.equal(batch["clean"][hides], own[hides])
    assert hides.float().mean().item() == pytest.approx(SHARE, rel=0.1)
    assert torch.equal(batch["noisy"][~hides & ~own.isnan()], own[~hides & ~own.isnan()])
    assert not (batch["noisy"] == own)[hides].any()
    rows, channels, places = (index.tolist() for index in torch.nonzero(hides, as_tuple=True))
    for row, channel, place in list(zip(rows, channels, places, strict=True))[:200]:
        if order[row] != 5:
            near = own[row, channel, max(0, place - NEAR) : place + NEAR + 1]
            assert (near == batch["noisy"][row, channel, place]).any()


def test_beyond_an_end_places_lie_on_the_other_side() -> None:
    moves = torch.tensor([[-3, -1, 2, 1, 3, -1, 2]])
    assert moved(moves).tolist() == [[3, 0, 4, 4, 1, 4, 4]]


def test_signals_with_a_truth_are_not_for_this_source(tmp_path: Path) -> None:
    drawn, known = draw(8)
    store.write_dataset(tmp_path, known, {split: drawn for split in ("train", "validation", "test")})
    model = ModelEntry.model_validate(
        {"dataset": "some", "arch": "recurrent", "source": "denoise/blind_spot", "hyperparameters": {}}
        | {"training": {"loss": "mse", "steps": 2, "batch": 8, "learning_rate": 1e-3}}
    )
    task, device = Task("denoise").learning, torch.device("cpu")
    with pytest.raises(InputError, match="the clean signals of some are known; use training/stored"):
        SOURCE.batches(Request("here", model, known, tmp_path, task, device))


def trained_error(batches: Batches, test: dict[str, Array], steps: int) -> float:
    """Mean squared error to the truth, on whole noisy signals, of a network after so many steps."""
    torch.manual_seed(0)
    architecture = registry.load("denoise/models", "unrolled_experts", "here", Architecture)
    options = {"stages": 2, "experts": 4, "rank": 4, "coefficients": 16, "threshold": 0.3, "centre": True}
    network = architecture.network(validate(architecture.hyperparameters, options, "here"), 1, 100)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        batch = batches.at(step)
        optimizer.zero_grad()
        learning.loss(network(batch["noisy"]), batch["clean"], "mse").backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    with torch.inference_mode():
        estimate = network(torch.from_numpy(test["noisy"]).float()).numpy()
    return float(np.square(estimate - test["clean"]).mean())


@pytest.mark.parametrize("law", LAWS)
def test_a_network_learns_from_noisy_signals_nearly_as_well_as_from_clean_ones(law: str) -> None:
    train, test = law_signals(law, 2000, 1), law_signals(law, 500, 2)
    noisy, clean = (torch.from_numpy(train[name]).float() for name in ("noisy", "clean"))
    told = trained_error(StoredBatches({"noisy": noisy, "clean": clean}, 64, seed=0), test, 300)
    untold = trained_error(BlindSpotBatches(noisy, ("noisy", "clean"), 64, seed=0), test, 300)
    assert untold <= 1.3 * told
    assert told < 0.25 * 0.35**2 / 3  # that is, something was learned


# Evaluation and the page


@pytest.mark.parametrize("correlation", [0.0, 0.7])
def test_scores_say_that_they_are_without_truth(tmp_path: Path, correlation: float) -> None:
    described, splits = windowed("x", {"clean": recording(4000, correlation)}, entry(), 1.0, WHERE)
    store.write_dataset(tmp_path / "data", described, splits)
    read = store.read_info(tmp_path / "data")
    settings = EvaluationEntry(resamples=50, confidence=0.95, seed=0, examples=2)
    method = registry.load("denoise/baselines", "whittaker", "here", Method)

    def predict(split: Split, test: str) -> Array:
        return np.asarray(method.predict(split, read, method.options()))

    evaluate(
        [Candidate("a", "baseline", False, 0, predict)], tmp_path / "data", read, settings, tmp_path / "out"
    )
    scores = (tmp_path / "out" / "scores.csv").read_text()
    assert "held_out_mse" in scores and ",l1," not in scores
    assert ("excess_mse" in scores) == (correlation == 0)
    assert store.read_json(tmp_path / "out" / "scoring.json")["headline"] == "held_out_mse"
    shown = DatasetInfo(**store.read_json(tmp_path / "out" / "dataset.json"))
    assert all("without truth" in metric.label for metric in Task("denoise").drawing.view_of(shown).metrics)

    class Found:
        info = shown

    warned = any(note.startswith("WARNING") for note in without_truth.notes(Found()))  # type: ignore[arg-type]
    assert warned == (correlation > 0)
