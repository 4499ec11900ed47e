"""Whatever the length and the season of a recording, every method that is proposed can be fitted to it."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from tidemark.core import params, registry
from tidemark.core.method import Method
from tidemark.core.task import Task
from tidemark.project import setup
from tidemark.project.setup import Choices
from tidemark.project.setups.common import test_samples as in_the_test_block
from tidemark.project.survey import Survey
from tidemark.signals.recordings.entry import RecordingEntry

SHAPES = [(90, 1), (144, 12), (400, 7), (400, 100), (3500, 24), (3500, 300)]
OPTIONS = {
    "forecast": Choices(),
    "denoise": Choices(clean="a"),
    "infer": Choices(pair=("a", "b")),
}
ALL = [*OPTIONS.items(), ("denoise", Choices())]


def survey(samples: int, season: int, columns: int) -> Survey:
    random = np.random.default_rng(samples + season)
    time = np.arange(samples)
    values = np.sin(2 * np.pi * time / season)[None] * (season > 1) + 0.3 * random.normal(
        size=(columns, samples)
    )
    values[:, 5:8] = np.nan
    return Survey(
        ["a", "b"][:columns], values, {"sampling_rate": 1, "rate_unit": "sample"}, 1.0, "sample", None
    )


@pytest.mark.parametrize(("samples", "season"), SHAPES)
@pytest.mark.parametrize(("task", "choices"), ALL)
def test_every_baseline_takes_what_is_cut(task: str, choices: Choices, samples: int, season: int) -> None:
    found = survey(samples, season, 2 if task == "infer" else 1)
    propose = setup.of(task).propose
    assert propose is not None
    proposal = propose(found, choices)
    windowing = Task(task).windowing
    entry = params.validate(windowing.entry, {**proposal.entry, "file": "-"}, task)
    assert isinstance(entry, RecordingEntry)
    info, splits = windowing.cut("x", {"clean": found.values}, entry, 1.0, task)
    assert info.splits["test"] >= (30 if samples > 3000 else 5) or (task == "denoise" and samples < 150)
    assert info.splits["train"] <= 5000
    for name, written in proposal.baselines.items():
        written = {"method": name.replace("-", "_"), **written}
        method = registry.load(f"{task}/baselines", written["method"], name, Method)
        options = params.validate(method.options, written.get("options", {}), name)
        few = {split: {key: array[:8] for key, array in arrays.items()} for split, arrays in splits.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            learned = [method.fit(splits["train"], splits["validation"], info, options)] if method.fit else []
            predicted = method.predict(few["test"], info, options, *learned)
        assert np.isfinite(np.asarray(predicted)).any(), name


@pytest.mark.parametrize("samples", [90, 2999, 3000, 10001])
def test_the_test_block_is_the_one_that_is_cut(samples: int) -> None:
    from tidemark.project.setups.common import blocks as shares
    from tidemark.signals.windows.blocks import blocks

    cut = blocks(np.zeros((1, samples)), shares(samples))["test"].shape[1]
    assert abs(in_the_test_block(samples) - cut) <= 1


def test_a_long_season_makes_trainings_shorter_and_one_too_long_is_left_out() -> None:
    propose = setup.of("forecast").propose
    assert propose is not None
    steps = {}
    for season in (100, 374, 700):
        proposal = propose(survey(10_000, season, 1), Choices())
        steps[season] = {name: model["laptop"]["steps"] for name, model in proposal.models.items()}
        assert abs(proposal.entry["season"] - (season if season <= 500 else 1)) <= 2
        assert any("takes it" in each for each in proposal.said) == (season == 700)
    assert steps[374]["encoder-gru"] <= steps[100]["encoder-gru"] / 2
    assert steps[374]["empirical-bayes"] < 30 <= steps[100]["empirical-bayes"]


def of_channels(one: Survey, count: int) -> Survey:
    columns = [*map(str, range(count))]
    return replace(one, columns=columns, values=np.repeat(one.values, count, axis=0))


def test_very_many_channels_cost_no_more_than_a_few() -> None:
    """A window of fifty channels is fifty series: there were as many windows, and as many in a batch."""
    propose = setup.of("forecast").propose
    assert propose is not None
    hops, batches = [], []
    for channels in (1, 4, 50):
        proposal = propose(of_channels(survey(10_000, 100, 1), channels), Choices())
        recipes = {name: proposal.recipes[model["recipe"]] for name, model in proposal.models.items()}
        hops.append(proposal.entry["hop"])
        batches.append(
            {
                name: model["laptop"].get("batch", recipes[name]["training"]["batch"])
                for name, model in proposal.models.items()
            }
        )
    assert hops[0] == hops[1] <= hops[2] / 10
    assert batches == [
        {"encoder-gru": 32, "empirical-bayes": 16},
        {"encoder-gru": 32, "empirical-bayes": 4},
        {"encoder-gru": 2, "empirical-bayes": 1},
    ]


def test_a_gaussian_process_of_many_channels_and_a_long_lookback_is_left_out() -> None:
    """It took 255 of the 392 seconds of a vibration's four channels, and was behind the other network."""
    propose = setup.of("forecast").propose
    assert propose is not None
    for channels, lacking in ((1, False), (4, True)):
        proposal = propose(of_channels(survey(10_000, 374, 1), channels), Choices())
        assert ("empirical-bayes" not in proposal.models) == lacking
        assert ("empirical-bayes-own" not in proposal.recipes) == lacking
        assert any("empirical-bayes is left out" in each for each in proposal.said) == lacking
