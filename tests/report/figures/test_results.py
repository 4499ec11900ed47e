from pathlib import Path

import pytest

from support.figures import info, results
from support.scored import predictor
from tidemark.core.task import Task, names
from tidemark.denoise.figures.view import VIEW as DENOISE
from tidemark.evaluation.comparison import Predictor
from tidemark.forecast.figures.view import VIEW as FORECAST
from tidemark.report.figures.results import named
from tidemark.report.figures.units import units


@pytest.mark.parametrize("name", names())
def test_metrics_and_arrays_are_the_tasks(name: str) -> None:
    view, scoring, learning = Task(name).drawing.view, Task(name).scoring, Task(name).learning
    assert view.headline.name == scoring.headline and scoring.better[scoring.headline] == view.better
    shown = [metric.name for metric in (*view.metrics, *view.others)]
    assert len(shown) == len(set(shown)) and set(shown) == set(scoring.better)
    assert view.by_set in scoring.better and view.title.lower() == name
    assert all(view.metric(metric).label for metric in scoring.better)
    assert view.arrays in (("", ""), (learning.input, learning.target))


def test_labels_of_axes() -> None:
    spots = info(
        generator="recorded",
        normalisation="window",
        std=[3.0],
        units="spots",
        sampling_rate=12,
        rate_unit="year",
    )
    found = units(FORECAST, spots)
    assert (found.error, found.position) == ("MSE (window scaled)", "time ahead (year)")
    assert (found.time, found.samples, found.value) == ("time (year)", 12, "value (spots, window scaled)")
    wrist = info(generator="recorded", units="g", sampling_rate=100.0, rate_unit="s")
    found = units(FORECAST, wrist)  # values as they were recorded
    assert (found.error, found.value) == ("MSE", "value (g)")
    dollars = info(generator="recorded", units="$x_{$", sampling_rate=1.0, rate_unit="s")
    assert units(FORECAST, dollars).value.startswith(r"value (\$x_{\$")  # no formula
    assert [units(view, info()).position for view in (FORECAST, DENOISE)] == ["steps ahead", "sample"]


def model(label: str, l1: float) -> Predictor:
    return predictor(label, "model", l1=l1)


FIT, RAW = predictor("fit", "baseline", l1=0.3), predictor("raw", "baseline", l1=0.9)
EXACT = predictor("exact", "limit", l1=0.05)


def labels(*everyone: Predictor, **known: object) -> list[str]:
    found = results(DENOISE, *everyone, **known)  # type: ignore[arg-type]
    return [each.predictor.label for each in found.chosen({each.name for each in everyone})]


def test_chosen_are_best_model_plain_rnn_best_baseline_and_limit() -> None:
    everyone = [EXACT, model("best", 0.1), FIT, model("gru", 0.2), model("rnn", 0.4), RAW]
    assert labels(*everyone) == ["best", "rnn", "fit", "exact"]
    assert labels(model("rnn", 0.4), RAW) == ["rnn", "raw"]
    known = results(DENOISE, *everyone)
    assert named(known.chosen({"d-rnn", "d-raw"})) == "best model (rnn), best baseline (raw)"


def test_of_published_models_the_best_is_chosen() -> None:
    everyone = [model("best", 0.1), model("other", 0.2), model("sta", 0.3), model("rnn", 0.4)]
    printed = {"sta": {"test": 0.1}, "rnn": {"test": 0.1}}
    assert labels(*everyone, published=printed) == ["best", "sta"]
    known = results(DENOISE, *everyone, published=printed)
    assert [each.role for each in known.chosen({each.name for each in everyone})] == [
        "best model",
        "best published",
    ]


def test_of_many_models_the_best_have_lines() -> None:
    models = [model(f"m{place}", 0.01 * (place + 1)) for place in range(9)]
    baselines = [predictor(f"b{place}", "baseline", l1=1.0 + place) for place in range(4)]
    few = results(DENOISE, *models, *baselines, EXACT).few
    assert [each.label for each in few.predictors] == [
        "m0",
        "m1",
        "m2",
        "m3",
        "m4",
        "exact",
        "b0",
        "b1",
        "b2",
    ]
    assert few.shown == " Of 9 models the best 5 are shown, and of the baselines 3."
    assert results(DENOISE, *models[:8]).few.shown == ""


def test_a_number_sets_a_test_set_apart_if_it_alone_differs() -> None:
    law = {"noise_std": 0.1, "components": [3, 6], "clean": True}
    tests = {
        "loud": law | {"noise_std": 0.3},
        "rich": law | {"components": 9},
        "both": {"noise_std": 1, "components": 2},
    }
    known = results(FORECAST, predictor("a", "model", mse=1.0), law=law, tests=tests)
    found = {test: [known.law_number(key, test) for key in law] for test in ("test", *tests)}
    assert found == {
        "test": [0.1, None, None], "loud": [0.3, None, None], "rich": [None, 9.0, None], "both": [None, None, None],
    }  # fmt: skip


def test_details_lie_by_kind(tmp_path: Path) -> None:
    known = results(DENOISE, model("rnn", 0.1), FIT, root=tmp_path)
    assert known.details_of(model("rnn", 0.1)).relative_to(tmp_path) == Path(
        "plots/details/denoise/d/models/d-rnn"
    )
    assert known.details_of(FIT).relative_to(tmp_path) == Path("plots/details/denoise/d/references/d-fit")
