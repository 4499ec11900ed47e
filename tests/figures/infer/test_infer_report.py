"""The page on pairs: its numbers, sentences and figures, alone and beside the other tasks."""

import csv
import re
import runpy
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tidemark.core.errors import InputError
from tidemark.figures import reading
from tidemark.figures.drawings import TaskResults
from tidemark.figures.report import build
from tidemark.figures.views import INFER

FORECASTS = Path(__file__).parents[1] / "forecast" / "conftest.py"
FIGURES = [
    "Inferred from its partner", "Inferred from its partner: test set context-5",
    "What attention looks at: attention", "What a layer tells apart: attention",
    "How far from the best any method could do", "Error by inferred point", "Reliability of intervals",
    "Learning curves",
]  # fmt: skip


@pytest.fixture(scope="module")
def text(inferred_pairs: Path) -> str:
    return (inferred_pairs / "plots/report.html").read_text()


def board(root: Path) -> list[dict[str, str]]:
    with (root / "plots/compare/infer/leaderboard.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def line(text: str, predictor: str) -> str:
    (found,) = re.findall(rf'<tr[^>]* data-predictor="{predictor}">(.*?)</tr>', text, re.S)
    return str(found)


def test_numbers_are_those_of_the_leaderboard(text: str, inferred_pairs: Path) -> None:
    for row in board(inferred_pairs):
        values = [
            float(value) for value in re.findall(r'<data value="([^"]+)"', line(text, row["predictor"]))
        ]
        names = ["crps", "times_limit", "nll", "joint_nll", "mse", "coverage_95", "jump"]
        wanted = [float(row[name]) for name in names if row[name]]
        assert values == wanted + ([float(row["parameters"])] if row["kind"] == "model" else [])


def test_log_likelihoods_are_told_in_nats_above_the_limit(text: str, inferred_pairs: Path) -> None:
    rows = {row["predictor"]: row for row in board(inferred_pairs)}
    limit = rows["rbf-posterior"]
    for name, row in rows.items():
        told = re.findall(r"<small>([^<]*) nat</small>", line(text, name))
        metrics = [metric for metric in ("nll", "joint_nll") if row[metric] and row is not limit]
        wanted = [float(row[metric]) - float(limit[metric]) for metric in metrics]
        assert [float(each) for each in told] == pytest.approx(wanted, rel=6e-3)
        assert all(each.startswith("+") for each in told)
    assert "−1.459 to −1.436" in line(text, "rbf-posterior")
    assert "their difference from the limit" in text


def test_what_a_predictor_lacks_is_a_dash(text: str) -> None:
    assert "<td>–</td>" in line(text, "rbf-copy") and "nan" not in re.sub(
        r"<svg.*?</svg>", "", text, flags=re.S
    )


def test_the_page_speaks_of_inference(text: str) -> None:
    plain = re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]*>", "", text, flags=re.S))
    assert "on the test set context-5 networks are ahead (attention, 1.35 ×)" in plain
    assert "Every predictor on every test set. CRPS, and below it × limit" in plain
    assert "Published and ours, by test set. MSE, ours" in plain
    assert "forecast" not in plain and "noisy" not in plain


def test_figures(text: str) -> None:
    assert re.findall(r"<h4>([^<]*)</h4>", text) == FIGURES
    drawn = dict(re.findall(r"<h4>([^<]*)</h4>\s*(?:<div[^>]*>)?(<svg.*?</svg>)", text, re.S))
    written = {title: set(re.findall(r"<text[^>]*>([^<]*)</text>", svg)) for title, svg in drawn.items()}
    assert {
        "best model: attention", "best published: causal-attention", "best baseline: fitted", "limit: posterior",
    } <= written[FIGURES[0]] & written[FIGURES[1]]  # fmt: skip
    assert {"layer 1: point 1 of 14", "layer 2: point 14 of 14"} <= written[FIGURES[2]]
    for title in FIGURES[4:7]:
        assert {"attention", "causal-attention", "fitted", "copy", "posterior"} <= written[title]
    assert {"CRPS", "place among the points asked for"} <= written["Error by inferred point"]


def test_pictures_and_no_animation(inferred_pairs: Path) -> None:
    pictures = {path.stem: path.read_bytes() for path in (inferred_pairs / "plots/figures").iterdir()}
    names = ["attention", "leaderboard", "pairs", "pairs-context-5", "projection-attention", "reliability"]
    assert sorted(pictures) == [f"rbf-{name}" for name in names]
    for content in pictures.values():
        assert len(content) < 100_000 and min(Image.open(BytesIO(content)).size) > 150
    assert list((inferred_pairs / "plots/animations").iterdir()) == []


def read(root: Path) -> TaskResults:
    plots = root / "plots"
    folders = [plots / name for name in ("compare", "details", "learning")]
    return reading.results("infer", *folders, {})


def test_what_is_missing_has_no_figure(inferred_pairs: Path, tmp_path: Path) -> None:
    shutil.copytree(inferred_pairs / "plots", tmp_path / "plots")
    for name in ("details", "learning"):
        shutil.rmtree(tmp_path / "plots" / name)
    (tmp_path / "plots/compare/infer/tests.csv").unlink()
    page = build([read(tmp_path)], {}, {}, "smoke").page
    assert re.findall(r"<h4>([^<]*)</h4>", page) == [FIGURES[4], FIGURES[5], FIGURES[7]]
    assert "<h2" in build([TaskResults(INFER, [])], {}, {}, "smoke").page


@pytest.mark.parametrize(
    "name",
    ["details/rbf-fitted/examples.csv", "details/rbf-copy/reliability.csv", "details/rbf-attention.csv"],
)
def test_what_is_broken_is_named(inferred_pairs: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(inferred_pairs / "plots", tmp_path / "plots")
    (tmp_path / "plots" / name).write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=f"{name}: no column"):
        read(tmp_path)


def test_a_model_that_learned_without_attention_is_no_trouble(inferred_pairs: Path, tmp_path: Path) -> None:
    shutil.copytree(inferred_pairs / "plots", tmp_path / "plots")
    for path in (tmp_path / "plots/learning").glob("*/attention_*.npy"):
        path.unlink()
    assert read(tmp_path).looks == {}
    np.save(tmp_path / "plots/learning/rbf-attention/attention_layer_1.npy", np.zeros(3))
    with pytest.raises(InputError, match="attention_layer_1"):
        read(tmp_path)


def test_three_tasks_share_a_page(
    outputs: Path, inferred_pairs: Path, tmp_path: Path, rerun: Callable[[Path, str, str], None]
) -> None:
    root = tmp_path / "all"
    shutil.copytree(outputs, root)
    for name in (
        "report.html",
        "figures",
        "animations",
    ):  # of the folder's own report, if it was drawn already
        path = root / "plots" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    params = (root / "params.yaml").read_text()
    runpy.run_path(str(FORECASTS))["write_outputs"](root)
    shutil.copytree(inferred_pairs / "plots", root / "plots", dirs_exist_ok=True)
    (root / "params.yaml").write_text(
        params.replace("{denoise: {}}", "{denoise: {}, forecast: {}, infer: {}}")
    )
    rerun(root, "plots", "0")
    page = (root / "plots/report.html").read_text()
    assert re.findall(r'<h2 id="task-(\w+)">', page) == ["denoise", "forecast", "infer"]
    part = page[page.index('<h2 id="task-infer">') :]
    assert re.findall(r"<h4>([^<]*)</h4>", part) == FIGURES
    before = page[: page.index('<h2 id="task-infer">')]
    assert "Learning, step by step" in before and "What attention looks at" not in before
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) and "http" not in page
