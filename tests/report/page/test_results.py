import math
from pathlib import Path

import pytest

from support import scored
from support.scored import VIEW, compared, predictor
from tidemark.core.errors import InputError
from tidemark.report.page import overview, paper, published, results, speeds
from tidemark.report.page.speeds import Speed


def test_datasets_come_by_task_and_name(site: Path) -> None:
    assert [(each.task, each.title) for each in results.read_all(site)] == [
        ("classify", "wrist (made-up data)"), ("forecast", "other"), ("forecast", "waves"),
    ]  # fmt: skip


def test_nothing_scored_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="metrics: nothing is scored yet; run"):
        results.read_all(tmp_path)


def test_datasets_are_found_by_name(site: Path) -> None:
    assert [each.task for each in results.find(site, "waves")] == ["forecast"]
    with pytest.raises(
        InputError, match="'wave': no such dataset is scored; expected one of wrist, other, waves"
    ):
        results.find(site, "wave")


def test_without_a_section_metrics_go_by_their_plain_names(site: Path) -> None:
    (found,) = results.find(site, "other")
    assert [metric.label for metric in found.metrics] == ["mse"]
    assert found.view.title == "Forecast" and found.view.better == "lower"
    assert found.sentences[0].startswith(
        "Neither networks nor classical methods are ahead: the 95 % intervals of net (mse 0.2)"
    )


def test_a_section_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    folder = scored.write(tmp_path, compared(predictor("net", "model", mse=0.1)), made_up=False)
    path = folder / "section.json"
    path.write_text(path.read_text().replace('"title": "Forecast"', '"name": "Forecast"'))
    with pytest.raises(InputError, match=r"section\.json\.view\.title: missing key") as caught:
        results.read_all(tmp_path)
    assert "\n" not in str(caught.value)


def test_ratios_and_differences_to_the_limit(site: Path) -> None:
    (found,) = results.find(site, "waves")
    net, raw = found.comparison["waves-net"], found.comparison["waves-raw"]
    assert found.times_limit(net, "mse") == pytest.approx(2.0)
    assert found.times_limit(net, "mse", "loud") == pytest.approx(1.2)
    assert math.isnan(found.times_limit(net, "nll")) and math.isnan(found.times_limit(net, "skill"))
    nll = found.view.metric("nll")
    assert found.above_limit(net, nll) == pytest.approx(0.25) and found.above_limit(
        raw, nll
    ) == pytest.approx(2.5)
    assert math.isnan(found.above_limit(found.comparison["waves-exact"], nll))


def test_another_error_than_the_one_that_ranks_has_ratios_unless_its_limit_is_nothing() -> None:
    def ratio(limit: float) -> float:
        found = compared(
            predictor("exact", "limit", l1=0.1, mse=limit), predictor("net", "model", l1=0.2, mse=0.4),
            headline="l1", better={"l1": "lower", "mse": "lower"},
        )  # fmt: skip
        made = results.Result(found, results.Section(view=VIEW), Path(), {}, {})
        return made.times_limit(found["d-net"], "mse")

    assert ratio(0.1) == pytest.approx(4.0)
    assert math.isnan(ratio(1e-10))


def test_the_overview_has_the_best_of_either_side_and_ties(site: Path) -> None:
    wrist, other, waves = overview.lines(results.read_all(site))
    assert (wrist.ahead, wrist.margin) == ("network", "+0.4") and wrist.limit is None
    assert (other.ahead, other.margin, other.at_limit) == (overview.TIE, "", False)
    assert waves.model and waves.baseline and waves.limit
    assert (waves.model.label, waves.baseline.label, waves.limit.label) == ("net", "last", "exact")
    assert (waves.ahead, waves.margin) == ("classical", "670 ×")
    assert waves.times_limit == pytest.approx(2.0) and not waves.at_limit


def test_an_interval_that_reaches_the_limits_is_a_tie_with_it(tmp_path: Path) -> None:
    scored.write(
        tmp_path, compared(predictor("exact", "limit", mse=0.1), predictor("net", "model", mse=0.11))
    )
    (line,) = overview.lines(results.read_all(tmp_path))
    assert line.at_limit and line.ahead == "" and line.baseline is None


def test_published_scores_stand_beside_ours_and_those_at_their_size(site: Path) -> None:
    (found,) = results.find(site, "waves")
    net, raw = published.published(found)
    assert (raw.test, raw.predictor.label, raw.published, raw.paper) == ("loud", "raw", 0.91, None)
    assert (net.predictor.label, net.published, net.ours.value, net.limit_value) == ("net", 0.055, 0.06, 0.05)
    assert net.times_limit == pytest.approx(1.2)
    assert net.paper is not None and net.paper.value == 0.03 and net.paper_times == pytest.approx(1.5)
    assert published.published(results.find(site, "other")[0]) == []


def test_the_best_model_of_each_test_set() -> None:
    for better, best in (("lower", "d-b"), ("higher", "d-a")):
        found = compared(
            predictor("a", "model", mse=0.5, loud={"mse": 0.4}), predictor("b", "model", mse=0.3),
            predictor("c", "baseline", mse=0.1), better={"mse": better},
        )  # fmt: skip
        made = results.Result(found, results.Section(view=VIEW), Path(), {}, {})
        assert dict(published.best_models(made)) == {"test": best, "loud": "d-a"}


def test_speeds_of_all_datasets(tmp_path: Path) -> None:
    assert speeds.read(tmp_path / "none") == {}
    (tmp_path / "a.json").write_text('{"microseconds": {"a-net": 3.5}}')
    (tmp_path / "b.json").write_text('{"microseconds": {"b-net": 7}, "microseconds_alone": {"b-net": 900}}')
    found = speeds.read(tmp_path)
    assert found["b-net"] == Speed(7.0, 900.0)
    assert found["a-net"].batched == 3.5 and math.isnan(found["a-net"].alone)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"device": "x"}', "no microseconds by predictor"),
        ('{"microseconds": {"net": "soon"}}', "no microseconds by predictor"),
        ('{"microseconds": {"net": 0}}', "net took no time"),
        ('{"microseconds": {"net": 1}, "microseconds_alone": {"net": -1}}', "net took no time"),
    ],
)
def test_what_no_speeds_are(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "c.json").write_text(content)
    with pytest.raises(InputError, match=rf"c\.json: {message}"):
        speeds.read(tmp_path)


def test_scores_at_the_published_size_need_a_device(tmp_path: Path) -> None:
    assert paper.read(tmp_path / "none") == {}
    (tmp_path / "net.json").write_text('{"test": {"test": {"l1": {"value": 0.1, "low": 0.1, "high": 0.2}}}}')
    with pytest.raises(InputError, match="'device'"):
        paper.read(tmp_path)


def test_the_committed_scores_at_the_published_size_are_read() -> None:
    folder = Path(__file__).parents[3] / "metrics/paper"
    found = paper.read(folder)
    assert set(found) == {path.stem for path in folder.glob("*.json")} and found
    assert all(each.device and each.tests["test"] for each in found.values())
