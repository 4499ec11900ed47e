import csv
import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

VOID = {"meta", "link", "br", "img", "source"}


class Page(HTMLParser):
    """The elements of a page; raises where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.values: dict[str, list[float]] = {}
        self.row: str | None = None
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert len(values) == len(attrs), f"an attribute twice in {tag}"
        self.elements.append((tag, values))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.row = values.get("data-predictor")
        if tag == "data" and self.row:
            self.values.setdefault(self.row, []).append(float(values["value"] or "nan"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closed where it is not open"


@pytest.fixture(scope="module")
def text(reported: Path) -> str:
    return (reported / "plots/report.html").read_text()


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


@pytest.fixture(scope="module")
def rows(reported: Path) -> list[dict[str, str]]:
    with (reported / "plots/compare/denoise/leaderboard.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_numbers_are_those_of_the_leaderboard(page: Page, rows: list[dict[str, str]]) -> None:
    assert list(page.values) == [row["predictor"] for row in rows]
    for row in rows:
        expected = [float(row[key]) for key in ("l1", "times_limit", "snr_gain_db", "mse") if row[key]]
        expected += [float(row["parameters"])] if row["kind"] == "model" else []
        expected += [0.01123] if row["predictor"] == "sine-best" else []
        assert page.values[row["predictor"]] == expected


def test_written_numbers_agree_with_their_exact_values(text: str) -> None:
    written = re.findall(r'<data value="([^"]+)">([^<]+)</data>', text)
    assert len(written) > 50
    for exact, shown in written:
        assert float(shown.replace(",", "").replace("−", "-")) == pytest.approx(
            float(exact), rel=6e-3, abs=0.05
        )


def test_every_model_is_in_every_figure(text: str, rows: list[dict[str, str]]) -> None:
    figures = re.findall(
        r"<h4>(How far|Error by|Learning curves)[^<]*</h4>\s*(<svg role.*?</svg>)", text, re.S
    )
    sine, other = figures[:3], figures[3:6]
    assert [title for title, _ in sine] == [title for title, _ in other] == [
        "How far", "Error by", "Learning curves",
    ]  # fmt: skip
    for dataset, drawn in [("sine", sine), ("co2", other)]:
        models = [
            row["predictor"].removeprefix(f"{dataset}-")
            for row in rows if (row["dataset"], row["kind"]) == (dataset, "model")
        ]  # fmt: skip
        for _, svg in drawn:
            assert set(models) <= set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def test_nothing_is_loaded_from_anywhere(text: str, page: Page) -> None:
    assert "http" not in text
    assert "@import" not in text
    for tag, values in page.elements:
        for key in ("src", "srcset", "href"):
            assert (values.get(key) or "#").startswith(("data:", "#")), (tag, key)
    assert not any(tag in ("script", "iframe", "object") for tag, _ in page.elements)


def test_ids_are_unique_and_links_lead_to_them(page: Page) -> None:
    ids = [values["id"] for _, values in page.elements if "id" in values]
    assert len(ids) == len(set(ids))
    links = {str(v["href"])[1:] for _, v in page.elements if str(v.get("href", "")).startswith("#")}
    clips = {str(v["clip-path"])[5:-1] for _, v in page.elements if "clip-path" in v}
    assert links and clips and links | clips <= set(ids)


def test_accessible(page: Page) -> None:
    assert all(values.get("scope") in ("col", "row") for tag, values in page.elements if tag == "th")
    assert all(values.get("alt") for tag, values in page.elements if tag == "img")
    drawings = [values for tag, values in page.elements if tag == "svg"]
    assert all(values.get("aria-label") or values.get("aria-hidden") == "true" for values in drawings)


def test_units_are_named(text: str) -> None:
    assert "co2 (ppm, standardised)" in text
    assert "time (week)" in text
    assert "L1 error (standardised)" in text


def test_missing_samples_are_explained_only_where_there_are_any(text: str) -> None:
    assert text.count("Where samples are missing") == 1


def test_pictures_are_small_and_animations_move(reported: Path) -> None:
    pictures = {path.name: path.read_bytes() for path in (reported / "plots/figures").iterdir()}
    expected = [
        f"{dataset}-{what}.png"
        for dataset in ("sine", "co2", "waves")
        for what in ("examples", "leaderboard")
    ]
    expected += [f"waves-{what}.png" for what in ("contours", "attention", "noise")]
    assert sorted(pictures) == sorted(expected)
    for content in pictures.values():
        image = Image.open(BytesIO(content))
        assert not image.info.keys() & {"Software", "Creation Time"}
        assert len(content) < 80_000
        assert len(image.convert("RGB").getcolors(10**6) or []) > 8
    for dataset in ("sine", "co2"):
        content = (reported / f"plots/animations/{dataset}-learning.gif").read_bytes()
        assert len(content) < 400_000
        image = Image.open(BytesIO(content))
        assert image.n_frames == 5  # type: ignore[attr-defined]
        first = image.convert("RGB").tobytes()
        image.seek(4)
        assert image.convert("RGB").tobytes() != first


def test_same_bytes_again(reported: Path, rerun: Callable[[Path, str, str], Any]) -> None:
    rerun(reported, "again", "1")
    names = [
        path.relative_to(reported / "again") for path in (reported / "again").rglob("*") if path.is_file()
    ]
    assert len(names) == 1 + 9 + 3
    for name in names:
        assert (reported / "again" / name).read_bytes() == (reported / "plots" / name).read_bytes(), name


def cells(text: str, row: str) -> list[list[float]]:
    """Numbers in the cells of the table row with this attribute."""
    (content,) = re.findall(rf"<tr[^>]* {row}>(.*?)</tr>", text, re.S)
    found = re.findall(r"<td[^>]*>(.*?)</td>", content, re.S)
    return [[float(value) for value in re.findall(r'<data value="([^"]+)"', cell)] for cell in found]


@pytest.fixture(scope="module")
def scores(reported: Path) -> list[dict[str, str]]:
    with (reported / "plots/compare/denoise/tests.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["metric"] == "mse"]


def test_published_numbers_are_beside_ours_and_the_limit(text: str, scores: list[dict[str, str]]) -> None:
    tests = list(dict.fromkeys(row["test"] for row in scores))
    assert re.findall(r'data-published="([^"]+)"', text) == tests
    for test in tests:
        rows = {row["predictor"]: row for row in scores if row["test"] == test}
        sta, raw = rows["waves-sta"], rows["waves-raw"]
        wanted = [
            sta["limit_value"],
            raw["value"],
            raw["published"],
            sta["value"],
            sta["times_limit"],
            sta["published"],
        ]
        assert cells(text, f'data-published="{test}"') == [[float(cell)] if cell else [] for cell in wanted]


def test_every_predictor_is_there_on_every_test_set(text: str, scores: list[dict[str, str]]) -> None:
    predictors = list(dict.fromkeys(row["predictor"] for row in scores))
    assert re.findall(r'data-everywhere="([^"]+)"', text) == predictors
    for predictor in predictors:
        wanted = [[float(row["value"])] for row in scores if row["predictor"] == predictor]
        assert cells(text, f'data-everywhere="{predictor}"') == wanted
    assert text.count('<td class="best">') == 4


def test_what_is_not_like_for_like_says_so(text: str) -> None:
    (about,) = re.findall(r'<p class="about">(<strong>Published.*?)</p>', text, re.S)
    plain = re.sub(r"<[^>]*>", "", about)
    assert "Not like for like" in plain
    assert "scale smoke, 40 samples a signal" in plain
    assert "(scale paper, 1,200 samples a signal)" in plain


def test_figures_of_several_test_sets(text: str) -> None:
    part = text[text.index('aria-labelledby="denoise-waves"') :]
    titles = re.findall(r"<h4>([^<]*)</h4>", part)
    assert titles == [
        "Test set: test", "Test set: std-0.3", "Test set: std-0.9", "Cycle by cycle", "Where attention looks",
        "How far from the best any method could do", "Error by noise level", "Error by position",
        "Learning curves", "Learning, step by step",
    ]  # fmt: skip
    drawn = dict(re.findall(r"<h4>([^<]*)</h4>\s*(?:<div[^>]*>)?(<svg.*?</svg>)", part, re.S))
    maps = re.findall(r"<text[^>]*>([^<]*)</text>", drawn["Cycle by cycle"])
    assert {"clean", "noisy", "best", "sta", *(f"m{number}" for number in range(7))} <= set(maps)
    assert "test set std-0.3 cut into its cycles" in part
    assert {"sta", "looks at"} <= set(
        re.findall(r"<text[^>]*>([^<]*)</text>", drawn["Where attention looks"])
    )
    assert drawn["Where attention looks"].count("data:image/png;base64,") == 2  # the map and its colour scale
    assert {"best", "sta", "5 other models", "training"} <= set(
        re.findall(r"<text[^>]*>([^<]*)</text>", drawn["Error by noise level"])
    )


def test_of_many_models_the_best_move(text: str) -> None:
    assert "while best, sta, m0, m1 train" in text
