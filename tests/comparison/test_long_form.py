"""Where the stages of a curriculum begin; losses, and scores, by step."""

from pathlib import Path

from tidemark.comparison.leaderboard import Competitor
from tidemark.comparison.long_form import curves, stages
from tidemark.core import entries, params

SCORES = {"test": {"mse": {"value": 1.0, "low": 1.0, "high": 1.0}}}


def trained(**training: object) -> entries.ModelEntry:
    values = {"steps": 100, "batch": 8, "learning_rate": 0.1, "source": "fresh", **training}
    return entries.ModelEntry.model_validate(
        {"task": "forecast", "dataset": "d", "arch": "a", "training": values}
    )


def test_a_stage_begins_where_the_one_before_ends() -> None:
    first = {"steps": 10, "law": {"components": [1, 2], "noise_std": 0.1}}
    models = {
        "plain": trained(),
        "short": trained(curriculum=[first, {"steps": 30, "law": {"components": 4}}]),
        "full": trained(curriculum=[first, {"steps": 90}]),
    }
    settings = params.load(Path(__file__).parents[2] / "params.yaml").model_copy(
        update={"models": models, "finetuned": {}}
    )
    everyone = [Competitor(name, "model", "d", False, 1, SCORES) for name in models]
    everyone.append(Competitor("bound", "limit", "d", False, 0, SCORES))
    header, rows = stages(everyone, settings)
    assert header == ["dataset", "model", "stage", "step", "law"]
    assert [row[1:] for row in rows] == [
        ["short", 0, 0, "components 1–2, noise std 0.1"],
        ["short", 1, 10, "components 4"],
        ["short", 2, 40, ""],
        ["full", 0, 0, "components 1–2, noise std 0.1"],
        ["full", 1, 10, ""],
    ]


def everyone() -> list[Competitor]:
    return [
        Competitor("net", "model", "d", False, 1, SCORES),
        Competitor("bound", "limit", "d", False, 0, SCORES),
    ]


def test_curves_are_losses_by_step_and_split(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("step,train,validation\n5,0.4,0.5\n")
    header, rows = curves(everyone(), tmp_path)
    assert header == ["dataset", "model", "step", "split", "loss"]
    assert list(rows) == [["d", "net", "5", "train", "0.4"], ["d", "net", "5", "validation", "0.5"]]


def test_curves_have_the_score_of_validation_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "net.csv").write_text("step,train,validation,kappa\n5,0.4,0.5,0.8\n")
    header, rows = curves(everyone(), tmp_path, "kappa")
    assert header == ["dataset", "model", "step", "split", "loss", "kappa"]
    assert list(rows) == [
        ["d", "net", "5", "train", "0.4", ""],
        ["d", "net", "5", "validation", "0.5", "0.8"],
    ]
