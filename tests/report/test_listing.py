"""Tables for a terminal."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from support import scored
from support.scored import compared, predictor
from tidemark.core.errors import InputError
from tidemark.report import listing
from tidemark.report.figures.view import Metric


@pytest.fixture
def site(tmp_path: Path) -> Path:
    scored.write_site(tmp_path)
    return tmp_path


def words(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_one_dataset_has_its_scores_and_who_is_ahead(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing.show_dataset("forecast", "waves", site)
    shown = words(capsys)
    assert shown.startswith("forecast: waves # predictor kind MSE [95 %] NLL, nat Skill × limit parameters")
    assert "3 waves-net network 0.02000 [0.0180, 0.0220] −1.250 0.900 2.00 48,211" in shown
    assert "5 waves-small, net network 0.3000 [0.270, 0.330] 0.500 – 30.00 9" in shown
    assert (
        "A classical method, last, fitted to each signal, beats every network" in shown
        and "By noise level" in shown
    )
    assert "forecast: other" not in shown


def test_a_table_needs_the_scores_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scored.write(
        tmp_path, compared(predictor("net", "model", mse=0.2), predictor("ar", "baseline", mse=0.21))
    )
    listing.show_named("d", tmp_path)
    assert "# predictor kind mse [95 %] parameters" in words(capsys)
    with pytest.raises(InputError, match="'e': no such dataset is scored; expected one of d"):
        listing.show_named("e", tmp_path)


def test_all_datasets_and_where_the_report_is(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "plots/report.html").touch()
    listing.show_all(site)
    shown = words(capsys)
    titles = [
        shown.index(title)
        for title in ("classify: wrist (made-up data)", "forecast: other", "forecast: waves")
    ]
    assert titles == sorted(titles) and shown.endswith("report: plots/report.html")


def test_nothing_scored_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing is scored yet"):
        listing.show_all(tmp_path)
    with pytest.raises(InputError, match="models: no trained model"):
        listing.show_models(tmp_path)


def test_models_have_their_scores(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for task, dataset, name, horizon in [("forecast", "waves", "waves-net", 10), ("classify", "wrist", "wrist-cnn", 0),
                                         ("forecast", "waves", "waves-new", 10)]:  # fmt: skip
        info = {
            "name": dataset, "task": task, "generator": "recorded", "channels": 1, "length": 100, "sampling_rate": 1.0,
            "rate_unit": "week", "units": "", "seed": 0, "splits": {}, "horizon": horizon,
        }  # fmt: skip
        path = site / "models" / dataset / name / "model.json"
        path.parent.mkdir(parents=True)
        described = {"name": name, "arch": "gru", "hyperparameters": {}, "causal": True, "parameters": 141573}
        path.write_text(json.dumps(described | {"dataset": info}))
    listing.show_models(site)
    shown = words(capsys)
    assert "waves-net forecast waves gru MSE 0.02000 [0.0180, 0.0220] 141,573 100 → 10 1/week" in shown
    assert "waves-new forecast waves gru not evaluated 141,573" in shown
    assert "wrist-cnn classify wrist (made-up data) gru κ 0.800 [0.720, 0.880] 141,573 100 1/week" in shown


def test_whatever_texts_hold_is_shown_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(predictor("net", "model", mse=0.2), predictor("ar", "baseline", mse=0.21))
    view = replace(scored.VIEW, metrics=(Metric("mse", "MSE", unit="[/b]:smile:\x1b[31m"),))
    scored.write(tmp_path, found, view=view, made_up=False, notes=["Of column [link=x]'[/]'\x1b[2J."])
    listing.show_named("d", tmp_path)
    shown = capsys.readouterr().out
    assert "[/b]:smile:\\x1b[31m" in shown and "[link=x]'[/]'\\x1b[2J." in shown and "\x1b" not in shown
