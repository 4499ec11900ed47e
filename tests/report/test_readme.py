"""Results in README.md and docs: numbers of the committed scores, links that lead somewhere."""

import re
from pathlib import Path

import pytest

from support import scored
from tidemark.core.errors import InputError
from tidemark.report import markdown, readme
from tidemark.report.page import results
from tidemark.report.table import table

MARKED = {
    "README.md": "![Waves](docs/images/waves-examples.png)\n<!-- results: begin -->\nold\n<!-- results: end -->\nafter\n",
    "docs/published.md": "before\n<!-- published: begin -->\nold\n<!-- published: end -->\nafter\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    scored.write_site(tmp_path)
    (tmp_path / "docs").mkdir()
    for name, text in MARKED.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "plots/datasets/forecast/waves/waves-examples.png").write_bytes(b"a picture")
    return tmp_path


def test_a_second_call_changes_nothing(site: Path) -> None:
    files = ["README.md", "docs/results.md", "docs/published.md", "docs/images/waves-examples.png"]
    assert [path.as_posix() for path in readme.update(site)] == files
    assert readme.update(site) == []
    assert (site / "docs/images/waves-examples.png").read_bytes() == b"a picture"


def test_the_readme_has_one_row_a_dataset(site: Path) -> None:
    readme.update(site)
    text = (site / "README.md").read_text()
    assert text.endswith("\n<!-- results: end -->\nafter\n") and "old" not in text
    wrist, other, waves = [line for line in text.splitlines() if re.match(r"\| (classify|forecast)", line)]
    assert wrist == (
        "| classify | [wrist](docs/results.md#classify-wrist-made-up-data) (made-up data) | κ | "
        "**cnn 0.800 [0.720, 0.880]** | forest 0.400 [0.360, 0.440] |  |  | network +0.4 |"
    )
    assert other.endswith("| net 0.2000 [0.180, 0.220] | ar 0.2100 [0.189, 0.231] |  |  | tie |")
    assert waves.endswith(
        "| net 0.02000 [0.0180, 0.0220] | **last 3.000e-5 [2.70e-5, 3.30e-5]** | 0.01000 | 2.00 | classical 670 × |"
    )


def test_links_lead_to_headings(site: Path) -> None:
    readme.update(site)
    headings = [
        re.sub(r"[^\w -]", "", line.removeprefix("## ").lower()).replace(" ", "-")
        for line in (site / "docs/results.md").read_text().splitlines() if line.startswith("## ")
    ]  # fmt: skip
    links = re.findall(r"\(docs/results\.md#([^)]*)\)", (site / "README.md").read_text())
    assert links == headings and len(links) == 3


def test_all_tables_are_in_the_docs(site: Path) -> None:
    readme.update(site)
    text = (site / "docs/results.md").read_text()
    assert (
        "| predictor | kind | MSE [95 %] | NLL, nat | Skill | × limit | parameters | alone, µs | one of many, µs | trained on |"
        in text
    )
    row = "| **waves-net** | network | 0.02000 [0.0180, 0.0220] | −1.250 | 0.900 | 2.00 | 48,211 | 25,000 | 1,200 |"
    assert row in text
    assert "Every test set, MSE, and × limit in brackets:" in text
    assert "| predictor | kind | test, noise level 0.1 | loud, noise level 0.3 |" in text
    assert "| **net** | network | 0.0200 (2.00 ×) | 0.0600 (1.20 ×) |" in text
    assert "## classify: wrist (made-up data)" in text and "By noise level" in text and "A note." in text


def test_published_beside_ours_and_the_limit(site: Path) -> None:
    readme.update(site)
    text = (site / "docs/published.md").read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text
    assert "scale *laptop*, 100 samples a signal" in text and "scale *paper*, 400 samples a signal" in text
    assert (
        "| loud | **net** | 0.05500 | 0.06000 [0.0540, 0.0660] | 0.0500 (exact) | 1.20 | 0.03000 [0.0270, 0.0330] | 1.50 |"
    ) in text
    assert "| loud | raw | 0.9100 | 0.9000 [0.810, 0.990] | 0.0500 (exact) | 18.00 |  |  |" in text
    large = text.partition("Run at scale *paper*")[2]
    assert "| **net** | network | 0.005000 [0.00450, 0.00550] |  |  | a GPU |" in large and "raw" not in large
    assert "wrist" not in text


def test_without_several_test_sets_the_page_says_so(tmp_path: Path) -> None:
    scored.write(tmp_path, scored.compared(scored.predictor("net", "model", mse=0.1)))
    assert markdown.compared(results.read_all(tmp_path)) == markdown.NOTHING


def test_a_file_without_its_markers_is_refused(site: Path) -> None:
    (site / "docs/published.md").write_text("no place\n")
    with pytest.raises(InputError, match="docs/published.md: no <!-- published: begin -->"):
        readme.update(site)


def test_a_picture_that_is_not_drawn_is_named(site: Path) -> None:
    (site / "docs/more.md").write_text("![x](images/nowhere.png)\n")
    with pytest.raises(InputError, match=r"nowhere\.png: README or docs show it, but it is not drawn"):
        readme.update(site)


def test_a_cell_neither_ends_its_column_nor_its_row_nor_holds_html() -> None:
    rows = table(["a", "MSE, <b>|m"], [["two\nlines\r\nand more", "`x|y`"]]).splitlines()
    assert rows == ["| a | MSE, &lt;b>\\|m |", "| --- | ---: |", "| two lines and more | `x\\|y` |"]
