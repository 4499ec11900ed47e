"""The page on forecasts: its numbers, its sentences, its figures."""

import csv
import re
from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture(scope="module")
def text(forecasts: Path) -> str:
    return (forecasts / "plots/report.html").read_text()


def part(text: str, dataset: str) -> str:
    begin = text.index(f'aria-labelledby="forecast-{dataset}"')
    return text[begin : text.find("<section", begin) if "<section" in text[begin:] else len(text)]


def svg_texts(text: str, title: str) -> set[str]:
    (drawing,) = re.findall(rf"<h4>{title}</h4>\s*(?:<div[^>]*>)?(<svg.*?</svg>)", text, re.S)
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", drawing))


def test_numbers_are_those_of_the_leaderboard(text: str, forecasts: Path) -> None:
    with (forecasts / "plots/compare/forecast/leaderboard.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            (line,) = re.findall(rf'<tr[^>]* data-predictor="{row["predictor"]}">(.*?)</tr>', text, re.S)
            values = [float(value) for value in re.findall(r'<data value="([^"]+)"', line)]
            names = ["mse", "times_limit", "normalised_mse", "one_step_mse", "skill", "mase"]
            wanted = [float(row[name]) for name in names if row[name]]
            assert values == wanted + ([float(row["parameters"])] if row["kind"] == "model" else [])


def test_the_page_says_who_is_ahead_and_where(text: str) -> None:
    plain = re.sub(r"<[^>]*>|\s+", " ", part(text, "harmonics"))
    assert "A classical method, linear-prediction, beats every network" in plain
    assert "By noise level, classical methods are ahead at 0 (linear-prediction" in plain
    assert "networks are ahead at 0.03, 0.1 and 0.3 (convolution" in plain
    assert "By number of components, classical methods are ahead at 3, 10, 20 and 44" in plain
    assert "On the test set drift networks are ahead" in plain
    assert "A network, convolution, beats every classical method" in part(text, "sunspots")


def test_figures(text: str) -> None:
    before = text[: text.index('aria-labelledby="forecast-harmonics"')]
    assert re.findall(r"<h4>([^<]*)</h4>", before) == [
        "What a Fourier transform sees", "Leakage: a sine of period 20 in windows of 100 and 110 samples",
    ]  # fmt: skip
    assert re.findall(r"<h4>([^<]*)</h4>", part(text, "harmonics")) == [
        "Test set: test", "Test set: components-44", "Test set: std-0.3",
        "How far from the best any method could do", "Error by noise level", "Error by number of components",
        "Error by step of the horizon", "Learning curves", "Learning, step by step",
    ]  # fmt: skip
    assert re.findall(r"<h4>([^<]*)</h4>", part(text, "sunspots")) == [
        "Test signal 1", "Test signal 2", "How far from the best any method could do",
        "Error by step of the horizon", "Learning curves", "Learning, step by step",
    ]  # fmt: skip


def test_the_limit_is_in_the_sweeps_and_training_is_marked(text: str) -> None:
    harmonics = part(text, "harmonics")
    for title in ("Error by noise level", "Error by number of components"):
        written = {text.removeprefix("↓ ") for text in svg_texts(harmonics, title)}
        assert {"genie", "linear-prediction", "convolution", "lstm", "training"} <= written
    assert {"0", "0.03", "0.1", "0.3"} <= svg_texts(harmonics, "Error by noise level")
    assert {"3", "10", "20", "44"} <= svg_texts(harmonics, "Error by number of components")
    assert "from step 100 components 1–4, from step 250 the whole law" in harmonics


def test_axes_and_keys_speak_of_forecasts(text: str) -> None:
    harmonics, sunspots = part(text, "harmonics"), part(text, "sunspots")
    assert {"steps ahead", "MSE"} <= svg_texts(harmonics, "Error by step of the horizon")
    assert {"time ahead (year)", "MSE (window scaled)"} <= svg_texts(sunspots, "Error by step of the horizon")
    assert "What is given, its last part, is shaded" in harmonics
    assert "Where samples are missing" not in text and "noisy" not in text and "SNR" not in text


def test_of_published_scores_there_is_no_noisy_input(text: str) -> None:
    assert re.findall(r'data-published="([^"]+)"', text)[:2] == ["test", "std-0.03"]
    (line,) = re.findall(r'<tr data-published="test">(.*?)</tr>', text, re.S)
    assert re.findall(r'<data value="([^"]+)"', line) == ["2e-14", "0.015", "0.0166"]


def test_ids_are_unique_and_nothing_is_loaded(text: str) -> None:
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids)) and "http" not in text
    assert re.findall(r">(nan|inf)<", text) == []


def test_pictures_and_animations(forecasts: Path) -> None:
    names = {path.stem for path in (forecasts / "plots/figures").iterdir()}
    assert names == {
        "forecast-spectra", "forecast-leakage", "harmonics-leaderboard", "harmonics-examples", "harmonics-noise",
        "harmonics-components", "sunspots-leaderboard", "sunspots-examples",
    }  # fmt: skip
    with Image.open(forecasts / "plots/animations/harmonics-learning.gif") as image:
        assert image.n_frames == 6  # type: ignore[attr-defined]
        first = image.convert("RGB").tobytes()
        image.seek(5)
        assert image.convert("RGB").tobytes() != first
