import math
from pathlib import Path

import pytest

from support.report_inputs import assert_refused
from tidemark.figures import published, set_scores
from tidemark.figures.tables import Paper, Score

HEADER = "dataset,test,noise_std,components,predictor,kind,metric,value,low,high,limit,limit_value,times_limit,published\n"
ROWS = (
    "d,test,0.1,,d-sta,model,mse,0.004,0.003,0.005,d-bound,0.001,4,\n"
    "d,loud,0.3,,d-sta,model,mse,0.02,0.01,0.03,d-bound,0.008,2.5,0.0268\n"
    "d,loud,0.3,,d-sta,model,snr_gain_db,5,4,6,,,,\n"
    "d,test,0.1,,d-best,model,mse,0.002,0.001,0.003,d-bound,0.001,2,\n"
    "d,loud,0.3,,d-raw,baseline,mse,0.09,0.08,0.1,d-bound,0.008,11.25,0.0898\n"
    "e,test,,12,e-x,model,mse,1,1,1,,,,\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "tests.csv").write_text(HEADER + ROWS)
    return tmp_path / "tests.csv"


def test_numbers_and_empty_cells(path: Path) -> None:
    first, second, gain, *_ = set_scores.read(path)
    assert (first.noise_std, first.score, first.limit_value) == (0.1, Score(0.004, 0.003, 0.005), 0.001)
    assert math.isnan(first.components) and set_scores.read(path)[-1].components == 12
    assert math.isnan(first.published) and second.published == 0.0268
    assert (first.label, first.limit_label, gain.limit_label) == ("sta", "bound", "")
    assert math.isnan(gain.times_limit)


def test_no_file_no_scores(tmp_path: Path) -> None:
    assert set_scores.read(tmp_path / "tests.csv") == []
    assert published.complete([], "d") is None
    assert published.published([], "d") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER.replace(",published", ""), "no column published"),
        (HEADER + ROWS.replace("0.0268", "n/a"), "row 3, column published: 'n/a'; expected a number"),
        (HEADER + ROWS.replace("baseline", "base"), "row 6, column kind: 'base'; expected one of model"),
    ],
)
def test_bad_tables_are_refused_in_one_line(path: Path, text: str, message: str) -> None:
    assert_refused(set_scores.read, path, text, message)


def test_published_predictors_only_the_input_apart(path: Path) -> None:
    table = published.published(set_scores.read(path), "d")
    assert table is not None
    assert [column.label for column in table.predictors] == ["sta"]
    quiet, loud = table.lines
    assert (quiet.test, quiet.raw, [limit.value for limit in quiet.limits]) == ("test", None, [0.001])
    assert loud.raw is not None and loud.raw.published == 0.0898
    assert [cell and cell.times_limit for cell in loud.cells] == [2.5]
    assert quiet.best == "d-best"
    assert quiet.law == "noise 0.1"


def test_complete_has_everyone_in_the_order_asked_for(path: Path) -> None:
    table = published.complete(set_scores.read(path), "d", ["d-best", "d-raw"])
    assert table is not None
    assert [column.label for column in table.predictors] == ["best", "raw", "sta"]
    assert [[cell and cell.score.value for cell in line.cells] for line in table.lines] == [
        [0.002, None, 0.004], [None, 0.09, 0.02],
    ]  # fmt: skip
    assert published.published(set_scores.read(path), "e") is None
    other = published.complete(set_scores.read(path), "e")
    assert other is not None and [line.law for line in other.lines] == ["12 components"]


def test_at_paper_scale_against_the_limit_there(path: Path) -> None:
    cell = set_scores.read(path)[1]
    large = Paper({"loud": {"mse": Score(0.003, 0.002, 0.004)}}, "x")
    bound = Paper({"loud": {"mse": Score(0.002, 0.002, 0.002)}}, "x")
    found = published.at_paper_scale(cell, "loud", {"d-sta": large, "d-bound": bound})
    assert found == (Score(0.003, 0.002, 0.004), pytest.approx(1.5))
    alone = published.at_paper_scale(cell, "loud", {"d-sta": large})
    assert alone is not None and math.isnan(alone[1])
    assert published.at_paper_scale(cell, "test", {"d-sta": large}) is None
    assert published.at_paper_scale(cell, "loud", {}) is None


def test_tables_are_of_the_metric_that_is_published_or_asked_for(path: Path) -> None:
    path.write_text(
        HEADER + ROWS.replace(",0.0268", ",").replace(",0.0898", ",").replace("5,4,6,,,,", "5,4,6,,,,7")
    )
    scores = set_scores.read(path)
    table = published.published(scores, "d")
    assert table is not None and table.metric == "snr_gain_db"
    assert [cell and cell.published for line in table.lines for cell in line.cells] == [7.0]
    everyone = published.complete(scores, "d", metric="snr_gain_db")
    assert everyone is not None and (everyone.metric, len(everyone.predictors)) == ("snr_gain_db", 1)
    assert published.complete(scores, "d", metric="crps") is None
    large = Paper({"loud": {"mse": Score(1.0, 1.0, 1.0), "snr_gain_db": Score(6.0, 5.0, 7.0)}}, "x")
    found = published.at_paper_scale(scores[2], "loud", {"d-sta": large})
    assert found is not None and found[0].value == 6.0
