"""The page's text: numbers, links, nothing from elsewhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from support import scored
from support.scored import VIEW, compared, figure, predictor
from tidemark.core.errors import InputError
from tidemark.report.page import page, results

REPOSITORY = Path(__file__).parents[3]
VOID = {"meta", "link", "br", "img", "input"}


class Page(HTMLParser):
    """The elements of a page; raises where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.values: dict[str, list[str]] = {}
        self.row = ""
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
            self.row = values.get("data-predictor") or ""
        if tag == "td" and self.row and "data-value" in values:
            self.values.setdefault(self.row, []).append(values["data-value"] or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closed where it is not open"


@pytest.fixture(scope="module")
def parsed(text: str) -> Page:
    return Page(text)


def test_leaderboards_hold_every_score(parsed: Page, site: Path) -> None:
    waves = {name: values for name, values in parsed.values.items() if name.startswith("waves")}
    assert list(waves) == [each.name for each in results.find(site, "waves")[0].comparison.predictors]
    #               rank   MSE     × limit  NLL      skill   size     µs alone, of many  MSE at paper scale
    assert waves["waves-net"] == ["3", "0.02", "2", "-1.25", "0.9", "48211", "25000", "1200", "0.005"]
    assert waves["waves-exact"] == ["2", "0.01", "1", "-1.5", "0.99", "", "", "", "0.004"]
    assert waves["waves-small, net"] == ["5", "0.3", "30", "0.5", "", "9", "", "", ""]


def test_written_numbers_agree_with_their_exact_values(text: str) -> None:
    written = re.findall(r'<td[^>]* data-value="([^"]+)"[^>]*>([^<]+)<', text)
    assert len(written) > 50
    for exact, shown in written:
        assert float(shown.replace(",", "").replace("−", "-")) == pytest.approx(
            float(exact), rel=6e-3, abs=6e-4
        )


def test_made_up_data_are_called_so_wherever_their_scores_stand(text: str) -> None:
    part = text[text.index('<h3 id="classify-wrist"') : text.index('id="task-forecast"')]
    assert 'wrist</a> <b class="made-up">made-up data</b>' in text
    assert part.startswith('<h3 id="classify-wrist">wrist <b class="made-up">made-up data</b></h3>')
    assert "on wrist (made-up data), Cohen&#39;s κ" in part
    assert "waves (made-up" not in text


def test_differences_from_the_limit_and_published_scores_are_written(text: str) -> None:
    assert re.search(r'title="95&nbsp;% interval: −1.375 to −1.125">−1.250<small>\+0.250 nat</small>', text)
    assert "Not like for like: ours is of the scale laptop, 100 samples a signal" in text
    assert "the published size, 400 samples a signal. Small ones have seen less." in text
    assert "<small>noise level 0.3</small>" in text and "<span>noise level 0.3</span>" in text
    assert "MSE at paper scale<small>a GPU</small>" in text


def test_figures_are_elements_of_the_page_with_what_is_said_of_them(parsed: Page, text: str) -> None:
    drawn = [values for tag, values in parsed.elements if tag == "svg" and values.get("role") == "img"]
    assert [each["aria-label"] for each in drawn if "d:" in str(each["aria-label"])] == [
        "d: one", "d: two", "d: map", "d: far", "d: learning",
    ]  # fmt: skip
    assert "what far shows." in text and "what one shows." not in text and "Dots are inputs." in text


def test_nothing_is_loaded_from_anywhere(text: str, parsed: Page) -> None:
    assert "http" not in text.replace("http-equiv", "") and "@import" not in text
    for tag, values in parsed.elements:
        for key in ("src", "srcset", "href"):
            assert (values.get(key) or "#").startswith(("data:", "#")), (tag, key)
    assert not any(tag in ("iframe", "object", "img") for tag, _ in parsed.elements)
    assert len([tag for tag, _ in parsed.elements if tag == "script"]) == 1


def test_ids_are_unique_and_links_lead_to_them(parsed: Page) -> None:
    ids = [values["id"] for _, values in parsed.elements if "id" in values]
    links = {str(v["href"])[1:] for _, v in parsed.elements if str(v.get("href", "")).startswith("#")}
    labels = {str(v["aria-labelledby"]) for _, v in parsed.elements if "aria-labelledby" in v}
    assert len(ids) == len(set(ids)) and links and links | labels <= set(ids)


def test_accessible(parsed: Page) -> None:
    assert all(values.get("scope") for tag, values in parsed.elements if tag == "th")
    drawings = [values for tag, values in parsed.elements if tag == "svg"]
    assert all(values.get("aria-label") or values.get("aria-hidden") == "true" for values in drawings)


def test_names_are_text_and_not_markup(tmp_path: Path) -> None:
    scored.write(tmp_path, compared(predictor("a<b", "model", mse=0.1)), notes=["<script>"])
    found = page.render(results.read_all(tmp_path))
    assert "a&lt;b" in found and "&lt;script&gt;" in found and "<b</" not in found


def test_a_picture_that_is_missing_or_none_is_named(tmp_path: Path) -> None:
    folder = scored.write(
        tmp_path, compared(predictor("net", "model", mse=0.1)), figures=[figure("far", "lines")]
    )
    (folder / "far.svg").write_text("GIF89a")
    with pytest.raises(InputError, match=r"far\.svg: expected an SVG element"):
        page.render(results.read_all(tmp_path))
    (folder / "far.svg").unlink()
    with pytest.raises(InputError, match=r"far\.svg: no such picture; run"):
        page.render(results.read_all(tmp_path))


def test_no_model_and_no_finite_score(tmp_path: Path) -> None:
    scored.write(tmp_path, compared(predictor("raw", "baseline", nll=1.0), headline="nll", better={"nll": "lower", "mse": "lower"}),
                 view=VIEW)  # fmt: skip
    found = page.render(results.read_all(tmp_path))
    assert "No network is trained on this dataset." in found and "nan" not in found


def test_the_stage_knows_no_task_and_loads_nothing_heavy(tmp_path: Path) -> None:
    """A task that nobody ever heard of has its part of the page."""
    view = {**scored.asdict(VIEW), "title": "Count"}
    scored.write(
        tmp_path, compared(predictor("net", "model", dataset="beads", mse=0.1), task="count"), length=3
    )
    path = tmp_path / "plots/datasets/count/beads/section.json"
    path.write_text(scored.json.dumps(scored.json.loads(path.read_text()) | {"view": view}))
    code = (
        "import sys; from stages.report import report; report(); "
        "print({'torch', 'pandas', 'scipy', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'src'}"},
    )  # fmt: skip
    assert done.stdout.strip() == "set()", done.stderr
    made = (tmp_path / "plots/report.html").read_text()
    assert '<h2 id="task-count">Count</h2>' in made and '<h3 id="count-beads">beads</h3>' in made


def test_the_same_bytes_every_time(site: Path, text: str) -> None:
    assert page.render(results.read_all(site)) == text
