"""Scored predictors, and what the pipeline leaves of them and their figures on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tidemark.evaluation import comparison
from tidemark.evaluation.comparison import Comparison, Predictor, Score
from tidemark.evaluation.origin import FITTED, LEARNED, TOLD, Origin
from tidemark.report.figures.view import Metric, Sweep, View

ORIGINS = {
    "model": Origin(LEARNED, neural=True),
    "baseline": Origin(FITTED),
    "limit": Origin(TOLD, bounds=["mse", "nll", "l1", "crps"]),
}
"""Of predictors of each kind; others are told the law."""
BETTER = {"mse": "lower", "nll": "lower_log", "skill": "higher"}
VIEW = View(
    title="Forecast",
    lead="The past is the input.",
    metrics=(
        Metric("mse", "MSE"),
        Metric("nll", "NLL", 3, "nat", above_limit=True),
        Metric("skill", "Skill", 3),
    ),
    error="mean squared error",
    by_set="mse",
    unlike="Small ones have seen less.",
    answer="a forecast",
    plain=("lstm", "plain"),
    key="Dots are inputs.",
    sweeps=(Sweep("noise_std", "noise level", "", ""), Sweep("components", "number of components", "", "")),
)
KAPPA = replace(VIEW, title="Classify", metrics=(Metric("kappa", "κ", 3), Metric("smooth", "Smoothed κ", 3)),
                error="Cohen's κ", by_set="kappa", better="higher", smoothed="smooth", answer="an answer", key="")  # fmt: skip


def score(value: float, width: float = 0.1) -> Score:
    """A score with an interval that reaches a share `width` of it to both sides."""
    return Score(value, value - abs(value) * width, value + abs(value) * width)


def predictor(
    label: str, kind: str, *, dataset: str = "d", causal: bool = False, parameters: int = 7, **values: Any
) -> Predictor:
    """One whose metrics on the set `test` are `values`; those that are mappings are of a further test set."""
    tests = {name.replace("_", "-"): value for name, value in values.items() if isinstance(value, Mapping)}
    tests = {
        "test": {name: value for name, value in values.items() if not isinstance(value, Mapping)}
    } | tests
    scores = {
        test: {name: value if isinstance(value, Score) else score(value) for name, value in metrics.items()}
        for test, metrics in tests.items() if metrics
    }  # fmt: skip
    return Predictor(
        f"{dataset}-{label}",
        dataset,
        kind,
        causal,
        parameters,
        scores,
        origin=ORIGINS.get(kind, Origin(TOLD)),
    )


def compared(
    *predictors: Predictor,
    task: str = "forecast",
    headline: str = "mse",
    better: Mapping[str, str] = BETTER,
    scale: str = "laptop",
) -> Comparison:
    """Best first, each held against the first limit."""
    higher = better[headline] == "higher"
    ranked = sorted(predictors, key=lambda each: each.score(headline).value, reverse=higher)
    limit = next((each for each in predictors if each.kind == "limit"), None)
    if limit is not None:
        ranked = [
            replace(each, limit=limit.name, times_limit={
                test: each.score(headline, test).value / limit.score(headline, test).value
                for test in each.scores if limit.score(headline, test).value > 0
            })
            for each in ranked
        ]  # fmt: skip
    return Comparison(task, predictors[0].dataset, scale, headline, better, ranked)


def write(root: Path, found: Comparison, **section: Any) -> Path:
    """What the stage of a dataset's figures leaves below `root`; its own scores alone without `section`."""
    comparison.write(root / "metrics" / found.task / f"{found.dataset}.json", found)
    folder = root / "plots/datasets" / found.task / found.dataset
    if section:
        folder.mkdir(parents=True)
        names = {"task": found.task, "dataset": found.dataset}
        view = asdict(section.pop("view", VIEW))
        (folder / "section.json").write_text(json.dumps(names | {"view": view, **section}))
        for figure in section.get("figures", ()):
            text = (
                f'<svg role="img" aria-label="{figure["alt"]}" viewBox="0 0 200 120" width="200" height="120">'
                '<rect width="200" height="120" fill="var(--card, #fff)"/><text x="9" y="60" fill="var(--ink, #000)">'
                f"{figure['title']}</text></svg>\n"
            )
            (folder / figure["file"]).write_text(text)
    return folder


def figure(title: str, place: str) -> dict[str, Any]:
    """What a section says of a figure."""
    return {"title": title, "caption": f"what {title} shows.", "alt": f"d: {title}", "file": f"{title}.svg",
            "place": place, "width": 200, "height": 120}  # fmt: skip


def write_paper(root: Path, name: str, tests: Mapping[str, Mapping[str, float]]) -> None:
    """A predictor's scores at the published size."""
    path = root / "metrics/paper" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    scores = {test: {key: asdict(score(value)) for key, value in of.items()} for test, of in tests.items()}
    path.write_text(json.dumps({"scale": "paper", "device": "a GPU", "test": scores}))


def write_site(root: Path) -> Sequence[Comparison]:
    """Three datasets of two tasks: one with all there is, one plain, and one made up, with higher scores better."""
    rich = compared(
        predictor("exact", "limit", dataset="waves", mse=0.01, nll=-1.5, skill=0.99, loud={"mse": 0.05}),
        predictor(
            "net",
            "model",
            dataset="waves",
            parameters=48211,
            mse=0.02,
            nll=-1.25,
            skill=0.9,
            loud={"mse": 0.06},
        ),
        predictor("small, net", "model", dataset="waves", parameters=9, mse=0.3, nll=0.5, loud={"mse": 0.4}),
        predictor("raw", "baseline", dataset="waves", mse=0.125, nll=1.0, skill=0.1, loud={"mse": 0.9}),
        predictor("last", "baseline", dataset="waves", mse=3e-5, nll=2.0, skill=-0.2, loud={"mse": 0.065}),
    )
    places = [
        ("one", "examples"),
        ("two", "examples"),
        ("far", "lines"),
        ("map", "wide"),
        ("learning", "animation"),
    ]
    write(
        root, rich,
        made_up=False, length=100, notes=["A note."], units={"error": "mean squared error (ppm)"},
        colours={"waves-net": "#0072b2", "waves-small, net": "#d55e00"},
        test_sets={"test": {"noise_std": 0.1}, "loud": {"noise_std": 0.3}},
        published={"metric": "mse", "scores": {"net": {"loud": 0.055}, "raw": {"loud": 0.91}}, "length": 400},
        figures=[figure(*place) for place in places],
        tables=[{
            "title": "By class", "caption": "Of each class.", "header": ["Class", "Windows", "Recall", "F1"],
            "rows": [["a", 1200, 0.5, None], ["b", 30, 1.0, 0.25]],
            "groups": [{"label": "net", "role": "best", "kind": "model", "predictor": "waves-net", "columns": 2}],
        }],
    )  # fmt: skip
    plain = compared(
        predictor("net", "model", dataset="other", mse=0.2),
        predictor("ar", "baseline", dataset="other", mse=0.21),
    )
    write(root, plain)
    wrist = compared(
        predictor("cnn", "model", dataset="wrist", kappa=0.8, smooth=0.85),
        predictor("forest", "baseline", dataset="wrist", kappa=0.4, smooth=0.5),
        task="classify", headline="kappa", better={"kappa": "higher", "smooth": "higher"},
    )  # fmt: skip
    write(root, wrist, view=KAPPA, made_up=True)
    write_paper(root, "waves-net", {"test": {"mse": 0.005}, "loud": {"mse": 0.03}})
    write_paper(root, "waves-exact", {"test": {"mse": 0.004}, "loud": {"mse": 0.02}})
    speed = root / "metrics/speed/waves.json"
    speed.parent.mkdir()
    speed.write_text(json.dumps({
        "device": "x", "microseconds": {"waves-net": 1200, "waves-last": 60}, "microseconds_alone": {"waves-net": 25e3},
    }))  # fmt: skip
    return rich, plain, wrist
