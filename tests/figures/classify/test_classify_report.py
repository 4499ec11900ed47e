"""The page on activities: its numbers, sentences, tables and figures, alone and beside another task."""

import csv
import re
import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tidemark.core.errors import InputError
from tidemark.figures import reading
from tidemark.figures.dataset import Sizes
from tidemark.figures.drawings import TaskResults
from tidemark.figures.report import build
from tidemark.figures.tables import Row, Score
from tidemark.figures.views import CLASSIFY, DENOISE

FIGURES = [
    "A day of P05", "A day of P06", "What is taken for what", "Spectrograms: the first windows of each class",
    "Spectrograms: windows of each class drawn at random", "Learning curves", "κ while training",
    "From one participant to the next", "Reliability of confidence",
]  # fmt: skip
PICTURES = [
    "confusion", "day-1", "day-2", "kappa", "leaderboard", "participants", "reliability", "spectrograms-first",
    "spectrograms-random",
]  # fmt: skip


@pytest.fixture(scope="module")
def text(classified: Path) -> str:
    return (classified / "plots/report.html").read_text()


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<(svg|style).*?</\1>|<[^>]*>", "", text, flags=re.S))


def board(root: Path) -> list[dict[str, str]]:
    with (root / "plots/compare/classify/leaderboard.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_numbers_are_those_of_the_leaderboard(text: str, classified: Path) -> None:
    for row in board(classified):
        (line,) = re.findall(rf'<tr[^>]* data-predictor="{row["predictor"]}">(.*?)</tr>', text, re.S)
        values = [float(value) for value in re.findall(r'<data value="([^"]+)"', line)]
        names = [metric.name for metric in CLASSIFY.metrics]
        parameters = [float(row["parameters"])] if row["kind"] == "model" else []
        assert values == [float(row[name]) for name in names] + parameters
        low, high = (f"{float(row[f'kappa_{end}']):.3f}".replace("-", "−") for end in ("low", "high"))
        assert f"<small>{low} {'to' if '−' in low else '–'} {high}</small>" in line


def test_the_page_speaks_of_scores_and_not_of_limits(text: str) -> None:
    section = plain(text[text.index('<h2 id="task-classify">') :])
    assert "× limit" not in section and "limit" not in section and "error of" not in section
    assert "A network, residual, beats every classical method: its κ is" in section
    assert re.search(
        r"Smoothing over time is worth \+0\.\d+ of κ to residual \(0\.\d{3} → 0\.\d{3}\)", section
    )
    assert 'aria-label="linear axis of the Cohen&#39;s κ"' in text and "it says so" in plain(text)


def test_what_was_dropped_and_skipped_is_said(text: str) -> None:
    said = plain(text).replace("&#39;", "'")
    assert (
        "7 participants, 2,507 windows; 188 more were dropped (no annotation: 180, missing values: 8)."
        in said
    )
    assert "P03 (data/recorded/wrist/P03.csv.gz, row 52011, column x: 'abc'; expected a number)." in said


def test_figures(text: str) -> None:
    assert re.findall(r"<h4>([^<]*)</h4>", text) == FIGURES
    drawn = dict(re.findall(r"<h4>([^<]*)</h4>\s*(?:<div[^>]*>)?(<svg.*?</svg>)", text, re.S))
    written = {title: set(re.findall(r"<text[^>]*>([^<]*)</text>", svg)) for title, svg in drawn.items()}
    three = {"residual", "spectrogram-cnn", "random-forest"}
    assert three | {"best model", "published network", "best baseline", "sleep"} <= written[FIGURES[2]]
    for title in FIGURES[:2]:
        assert three | {"annotated", "smoothed", "answer", "sit-stand", "2016-11-13"} <= written[title]
    assert {"bicycling", "50 Hz", "30 s", "0 dB"} <= written[FIGURES[3]] & written[FIGURES[4]]
    assert {"residual", "spectrogram-cnn"} <= written[FIGURES[5]] & written[FIGURES[6]]
    for title in FIGURES[7:]:
        assert three | {"rocket", "majority"} <= written[title]
    assert {"confidence in the answer", "answers that are right"} <= written[FIGURES[8]]


def test_tables_by_class_and_by_participant(text: str, classified: Path) -> None:
    with (classified / "plots/details/wrist-residual/participants.csv").open(newline="") as file:
        people = {row["participant"]: row for row in csv.DictReader(file)}
    lines = dict(re.findall(r'<tr data-line="([^"]+)">(.*?)</tr>', text, re.S))
    assert {*people} | {"bicycling", "mixed", "sit-stand", "sleep", "vehicle", "walking"} == {*lines}
    for name, row in people.items():
        values = [float(value) for value in re.findall(r'<data value="([^"]+)"', lines[name])]
        assert values[:4] == [
            float(row[key]) for key in ("kappa", "smoothed_kappa", "balanced_accuracy", "macro_f1")
        ]
        assert len(values) == 12 and f"<td>{row['windows']}</td>" in lines[name]


def test_pictures_are_small(classified: Path) -> None:
    pictures = {path.stem: path.read_bytes() for path in (classified / "plots/figures").iterdir()}
    assert sorted(pictures) == [f"wrist-{name}" for name in PICTURES]
    for content in pictures.values():
        assert len(content) < 100_000 and min(Image.open(BytesIO(content)).size) > 150


def read(root: Path) -> TaskResults:
    plots = root / "plots"
    folders = [plots / name for name in ("compare", "details", "learning")]
    return reading.results("classify", *folders, {})


def test_what_is_missing_has_no_figure(classified: Path, tmp_path: Path) -> None:
    shutil.copytree(classified / "plots", tmp_path / "plots")
    for name in ("details",):
        shutil.rmtree(tmp_path / "plots" / name)
    (tmp_path / "plots/compare/classify/position.csv").unlink()
    page = build([read(tmp_path)], {}, {}, "smoke", Sizes()).page
    assert re.findall(r"<h4>([^<]*)</h4>", page) == ["Learning curves", "κ while training"]
    assert "data-line" not in page
    assert "<h2" in build([TaskResults(CLASSIFY, [])], {}, {}, "smoke").page


@pytest.mark.parametrize("name", ["confusion", "classes", "participants", "reliability", "strip"])
def test_a_broken_table_is_named(classified: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(classified / "plots", tmp_path / "plots")
    (tmp_path / f"plots/details/wrist-rocket/{name}.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=f"wrist-rocket/{name}.csv: no column"):
        read(tmp_path)


def test_a_broken_study_or_curve_is_named(classified: Path, tmp_path: Path) -> None:
    shutil.copytree(classified / "plots", tmp_path / "plots")
    curves = tmp_path / "plots/compare/classify/curves.csv"
    kept = curves.read_text()
    curves.write_text(kept.replace("kappa", "score"))
    with pytest.raises(InputError, match="classify/curves.csv: no column kappa"):
        read(tmp_path)
    curves.write_text(kept)
    np.save(tmp_path / "plots/details/wrist/random.npy", np.zeros((5, 10, 3, 3)))
    with pytest.raises(InputError, match=r"wrist/random.npy: shape \(5, 10, 3, 3\); expected \(6, windows"):
        read(tmp_path)


def test_beside_another_task(classified: Path, tmp_path: Path) -> None:
    shutil.copytree(classified / "plots", tmp_path / "plots", ignore=shutil.ignore_patterns("details"))
    scores = {metric.name: Score(0.1, 0.09, 0.11) for metric in DENOISE.metrics}
    rows = [Row("sine", 1, "sine-rnn", "model", scores, 1.2, "sine-posterior", 7)]
    page = build([read(tmp_path), TaskResults(DENOISE, rows)], {}, {}, "smoke").page
    assert re.findall(r'<h2 id="task-(\w+)">', page) == ["classify", "denoise"]
    after = page[page.index('<h2 id="task-denoise">') :]
    assert "× limit" in after and "data-line" not in after and "κ" not in after
    assert "logarithmic axis of the L1 error" in after
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) and "http" not in page
    alone = build([TaskResults(DENOISE, rows)], {}, {}, "smoke").page
    assert "it says so" in page and "it says so" not in alone
