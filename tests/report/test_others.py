"""What others' runs gave beside ours: measured by running a recipe, by position, and on other data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.scored import KAPPA, compared, predictor, write, write_paper
from tidemark.core import params
from tidemark.core.errors import InputError
from tidemark.report import markdown
from tidemark.report.figures.published import Published
from tidemark.report.page import page, results

RECIPE: dict[str, Any] = {
    "source": "recipe",
    "note": "One training each.",
    "metric": "mse",
    "scores": {"net": {"test": 0.05}},
    "also": {"nll": {"net": {"test": 1.5}}},
    "positions": {"ends": 2, "errors": {"net": [0.3, 0.1, 0.2]}},
}
ELSEWHERE: dict[str, Any] = {
    "metric": "kappa",
    "elsewhere": {
        "data": "CAPTURE-24",
        "setting": "windows of 10 s",
        "scores": [
            {"method": "a forest", "ours": "forest", "metric": "kappa", "value": 0.647, "interval": [0.626, 0.667],
             "others": {"smooth": 0.7}},
            {"method": "smoothed", "ours": "cnn", "metric": "smooth", "value": 0.86},
            {"method": "a network", "ours": "cnn", "metric": "kappa"},
        ],
    },
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Path:
    sine = compared(
        predictor("net", "model", dataset="sine", mse=0.02, nll=0.5),
        predictor("other", "model", dataset="sine", mse=0.04, nll=0.7),
    )
    folder = write(tmp_path, sine, published=RECIPE)
    rows = [f"sine,sine-net,model,{place},{error}" for place, error in enumerate([4, 2, 5, 7, 1, 3])]
    (folder / "position.csv").write_text("\n".join(["dataset,predictor,kind,position,mse", *rows, ""]))
    wrist = compared(
        predictor("cnn", "model", dataset="wrist", kappa=0.8, smooth=0.85),
        predictor("forest", "baseline", dataset="wrist", kappa=0.4, smooth=0.5),
        task="classify", headline="kappa", better={"kappa": "higher", "smooth": "higher"},
    )  # fmt: skip
    write(tmp_path, wrist, view=KAPPA, made_up=True, published=ELSEWHERE)
    return tmp_path


def test_a_recipe_s_scores_are_not_called_published(site: Path) -> None:
    text = markdown.compared(results.read_all(site)).partition("## sine")[2]
    assert "**Measured by running the recipe**, not published" in text and "One training each." in text
    assert "MSE, recipe, measured | ours, laptop" in text and "MSE, published" not in text
    assert "| test | **net** | 0.05000 | 0.02000 [0.0180, 0.0220] |" in text
    assert "NLL, recipe, measured" in text and "| test | **net** | 1.500 | 0.500 [0.450, 0.550] |" in text
    assert "Measured by running the published recipe" in page.render(results.read_all(site))


def test_errors_at_the_ends_and_between_stand_beside_ours(site: Path) -> None:
    text = markdown.compared(results.read_all(site))
    assert "| predictor | first 2, recipe | first 2, ours | between, recipe | between, ours |" in text
    assert "| **net** | 0.3000 | 3.000 | 0.1000 | 6.000 | 0.2000 | 2.000 |" in text
    (site / "plots/datasets/forecast/sine/position.csv").unlink()
    assert "| **net** | 0.3000 |  | 0.1000 |  | 0.2000 |  |" in markdown.compared(results.read_all(site))


def test_scores_on_other_data_say_that_they_were_not_run(site: Path) -> None:
    text = markdown.compared(results.read_all(site))
    assert text.startswith("## wrist (made-up data)\n\n**tidemark was not run on CAPTURE-24.**")
    assert "say nothing of how it would do there" in text and "windows of 10 s" in text
    assert "| a forest | forest | 0.647 [0.626, 0.667] | 0.700 | 0.400 [0.360, 0.440] |" in text
    assert "| smoothed | cnn, smoothed | 0.860 |  | 0.850 [0.765, 0.935] |" in text
    assert "| a network | cnn |  |  | 0.800 [0.720, 0.880] |" in text


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(InputError, match=r"^p: d.source = 'hearsay'"):
        params.validate(Published, {"metric": "mse", "source": "hearsay"}, "p: d")


@pytest.mark.parametrize("task", ["denoise", "classify"])
def test_the_committed_figures_are_taken(task: str) -> None:
    file = Path(__file__).parents[2] / "pipelines" / task / "published.yaml"
    for dataset, entry in params.read(file).items():
        params.validate(Published, entry, f"{file}: {dataset}")


def test_a_score_that_is_an_artefact_stands_beside_ours_counted_so_and_without(tmp_path: Path) -> None:
    artefact = {
        "predictor": "net", "metric": "mse", "value": 0.5, "about": "Counted twice.",
        "test": "twice", "alone": "second", "without": "once",
    }  # fmt: skip
    sine = compared(predictor("net", "model", dataset="sine", mse=0.02, nll=0.5))
    write(tmp_path, sine, published={"metric": "mse", "artefacts": [artefact]})
    assert "Counted twice." not in markdown.compared(
        results.read_all(tmp_path)
    )  # ours was not counted so yet
    scores = {"test": {"mse": 0.02}, "twice": {"mse": 0.4}, "second": {"mse": 0.3}, "once": {"mse": 0.1}}
    write_paper(tmp_path, "sine-net", scores)
    text = markdown.compared(results.read_all(tmp_path))
    assert "**net**, MSE: published 0.5000, an artefact. Counted twice." in text
    ours = text.partition("then for some steps with it as published: ")[2]
    assert (
        ours.startswith("0.4000 [")
        and "the artefact alone: 0.3000 [" in ours
        and "all else: 0.1000 [" in ours
    )


def test_a_training_to_the_letter_stands_between_the_published_score_and_ours(tmp_path: Path) -> None:
    sine = compared(predictor("net", "model", dataset="sine", mse=0.02, nll=0.5))
    write(tmp_path, sine, published={"metric": "mse", "scores": {"net": {"test": 0.05}}})
    write_paper(tmp_path, "sine-net", {"test": {"mse": 0.02}})
    assert "to the letter" not in markdown.compared(results.read_all(tmp_path))
    write_paper(tmp_path, "sine-net", {"test": {"mse": 0.02}, "as-published: test": {"mse": 0.04}})
    text = markdown.compared(results.read_all(tmp_path))
    assert "**Trained to the letter of the report**" in text
    row = "| test | **net** | 0.05000 | 0.04000 [0.0360, 0.0440] | 0.02000 [0.0180, 0.0220] |"
    assert row in text
