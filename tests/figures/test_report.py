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
    sine, other = figures[:3], figures[3:]
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
    assert sorted(pictures) == sorted(
        f"{dataset}-{what}.png" for dataset in ("sine", "co2") for what in ("examples", "leaderboard")
    )
    for content in pictures.values():
        image = Image.open(BytesIO(content))
        assert not image.info.keys() & {"Software", "Creation Time"}
        assert len(content) < 120_000
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
    assert len(names) == 7
    for name in names:
        assert (reported / "again" / name).read_bytes() == (reported / "plots" / name).read_bytes(), name
