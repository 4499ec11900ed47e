"""The README: its numbers are those of the committed tables, its commands are there."""

import csv
import json
from pathlib import Path

import pytest

from tidemark.core.errors import InputError
from tidemark.pipeline import listing, readme
from tidemark.pipeline.readme import with_published, with_results

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PUBLISHED = (REPOSITORY / "docs/published.md").read_text(encoding="utf-8")
MARKED = "before\n<!-- published: begin -->\nold\n<!-- published: end -->\nafter\n"
HEADER = "dataset,test,noise_std,components,predictor,kind,metric,value,low,high,limit,limit_value,times_limit,published\n"
METRICS = [f"{metric}{end}" for metric in ("l1", "mse", "snr_gain_db") for end in ("", "_low", "_high")]


def test_results_are_those_of_the_comparison() -> None:
    assert with_results(README, REPOSITORY) == README, "run `tidemark readme`"


def test_published_tables_are_those_of_the_comparison() -> None:
    assert with_published(PUBLISHED, REPOSITORY) == PUBLISHED, "run `tidemark readme`"


def write_comparison(root: Path, kinds: dict[str, str], scores: str = "") -> None:
    """A leaderboard of `kinds` by predictor, errors 1, 2, …; params.yaml, metrics and tests.csv."""
    folder = root / "plots/compare/denoise"
    folder.mkdir(parents=True)
    with (folder / "leaderboard.csv").open("w") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["dataset", "rank", "predictor", "kind", *METRICS, "times_limit", "limit", "parameters"]
        )
        for rank, (name, kind) in enumerate(kinds.items(), 1):
            writer.writerow(["d", rank, f"d-{name}", kind, *[rank] * 9, "", "", 7])
    if scores:
        (folder / "tests.csv").write_text(HEADER + scores)
    law = "{cycles: 4, samples_per_cycle: {laptop: 64, paper: 256}}"
    (root / "params.yaml").write_text(f"datasets: {{d: {{law: {law}}}}}\n")
    (root / "metrics").mkdir()
    for name in kinds:
        (root / f"metrics/d-{name}.json").write_text('{"scale": "laptop"}')


def test_many_predictors_are_all_named_and_no_limit_is_left_out(tmp_path: Path) -> None:
    kinds = {f"m{number}": "model" for number in range(14)} | {"worst": "baseline", "bound": "limit"}
    write_comparison(tmp_path, kinds)
    lines = readme.results(tmp_path).splitlines()
    rows = [line for line in lines if line.startswith(("| **d-", "| d-"))]
    assert len(rows) == readme.MOST + 1
    assert rows[-1].startswith("| d-bound | limit | 16 [16, 16]")
    assert lines[-1] == "After these, by L1: **d-m12** 13, **d-m13** 14, d-worst 15."


def test_published_beside_ours_and_the_limit(tmp_path: Path) -> None:
    scores = (
        "d,test,0.1,,d-sta,model,mse,0.004,0.003,0.005,d-bound,0.001,4,\n"
        "d,loud,0.3,,d-sta,model,mse,0.02,0.01,0.03,d-bound,0.008,2.5,0.0268\n"
        "d,loud,0.3,,d-sta,model,l1,0.1,0.1,0.1,d-bound,0.05,2,\n"
        "d,loud,0.3,,d-raw,baseline,mse,0.09,0.08,0.1,d-bound,0.008,11.25,0.0898\n"
        "d,other,,,d-bound,limit,mse,0.005,0.004,0.006,d-bound,0.005,1,\n"
    )
    write_comparison(tmp_path, {"bound": "limit", "sta": "model", "raw": "baseline"}, scores)
    (tmp_path / "metrics/paper").mkdir()
    for name, value in {"sta": 0.003, "bound": 0.002}.items():
        score = {"value": value, "low": value, "high": value}
        record = {"device": "x", "test": {"test": {"l1": score}, "loud": {"mse": score}}}
        (tmp_path / f"metrics/paper/d-{name}.json").write_text(json.dumps(record))
    text = with_published(MARKED, tmp_path)
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text
    assert "Not like for like" in text
    assert "*laptop*, 256 samples a signal" in text and "*paper*, 1,024 samples a signal" in text
    assert (
        "| loud | **sta** | 0.0268 | 0.02 [0.01, 0.03] | 0.008 (bound) | 2.50 | 0.003 [0.003, 0.003] | 1.50 |"
    ) in text
    assert "| loud | noisy input | 0.0898 | 0.09 [0.08, 0.1] | 0.008 (bound) | 11.25 |  |  |" in text
    assert text.count("| **sta** | 0.0268") == 1 and "| test | **sta** |" not in text
    assert "| predictor | kind | test, noise 0.1 | loud, noise 0.3 | other |" in text
    assert "| **sta** | model | 0.004 (4.00 ×) | 0.02 (2.50 ×) |  |" in text
    large = text.partition("Run at scale *paper*")[2]
    assert "| **sta** | model | 0.003 [0.003, 0.003] |  |  | x |" in large
    assert "| bound | limit | 0.002 [0.002, 0.002] |  |  | x |" in large and "raw" not in large
    assert with_published(text, tmp_path) == text


def test_without_several_test_sets_the_page_says_so(tmp_path: Path) -> None:
    assert "Nothing has been compared on several test sets yet" in with_published(MARKED, tmp_path)


def test_a_page_without_its_markers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="docs/published.md: no <!-- published: begin -->"):
        with_published("no place\n", tmp_path)


def test_the_comparison_is_that_of_the_metrics() -> None:
    with (REPOSITORY / "plots/compare/denoise/leaderboard.csv").open() as file:
        for row in csv.DictReader(file):
            scores = json.loads((REPOSITORY / f"metrics/{row['predictor']}.json").read_text())["test"]["test"]
            assert float(row["l1"]) == pytest.approx(scores["l1"]["value"], rel=1e-4)


def test_images_and_commands_exist() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    for command in ("make reproduce", "make test"):
        assert command in README
        assert f"\n{command.removeprefix('make ')}:" in makefile
    for folder, text in [(REPOSITORY, README), (REPOSITORY / "docs", PUBLISHED)]:
        for part in text.split("](")[1:]:
            target = part.split(")")[0]
            if not target.startswith(("http", "#")):
                assert (folder / target).exists(), target


def write_forecast(root: Path) -> None:
    """A leaderboard of three forecasters and their scores on a noisier test set; the trained one's description."""
    folder = root / "plots/compare/forecast"
    folder.mkdir(parents=True)
    metrics = ["mse", "normalised_mse", "one_step_mse", "skill", "mase"]
    columns = [f"{metric}{end}" for metric in metrics for end in ("", "_low", "_high")]
    with (folder / "leaderboard.csv").open("w") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["dataset", "rank", "predictor", "kind", *columns, "times_limit", "limit", "parameters"]
        )
        for rank, (name, kind, mse) in enumerate(
            [("genie", "limit", 1e-13), ("ar", "baseline", 1e-9), ("net", "model", 2e-3)], 1
        ):
            values = [mse, 4 * mse, mse / 2, 1 - mse, mse**0.5]
            writer.writerow(
                [
                    "d",
                    rank,
                    f"d-{name}",
                    kind,
                    *(v for value in values for v in [value] * 3),
                    "",
                    "d-genie",
                    141573,
                ]
            )
    rows = [("test", 0, "d-ar", "baseline", 1e-9), ("test", 0, "d-net", "model", 2e-3),
            ("loud", 0.3, "d-ar", "baseline", 0.4), ("loud", 0.3, "d-net", "model", 0.2)]  # fmt: skip
    (folder / "tests.csv").write_text(
        HEADER
        + "".join(
            f"d,{test},{noise},,{name},{kind},mse,{v},{v},{v},,,,\n" for test, noise, name, kind, v in rows
        )
    )
    (root / "models/d-net").mkdir(parents=True)
    described = {"name": "d-net", "task": "forecast", "dataset": "d", "arch": "gru", "parameters": 141573, "length": 100,
                 "horizon": 10, "sampling_rate": 1.0, "rate_unit": "sample"}  # fmt: skip
    (root / "models/d-net/model.json").write_text(json.dumps(described))
    (root / "metrics").mkdir()
    score = {name: {"value": 0.5, "low": 0.4, "high": 0.6} for name in ("mase", "skill")}
    score["mse"] = {"value": 0.002, "low": 0.001, "high": 0.003}
    (root / "metrics/d-net.json").write_text(json.dumps({"test": {"test": score}}))


def test_forecasts_have_their_own_columns_and_say_who_is_ahead(tmp_path: Path) -> None:
    write_forecast(tmp_path)
    lines = readme.results(tmp_path).splitlines()
    assert lines[0] == "**forecast: d**"
    assert lines[2] == (
        "| predictor | kind | MSE [95 %] | Normalised MSE | One-step MSE | Skill | MASE | × limit | parameters |"
    )
    assert (
        lines[6]
        == "| **d-net** | model | 0.002 [0.002, 0.002] | 0.008 | 0.001 | 0.998 | 0.0447 |  | 141,573 |"
    )
    assert lines[-1].startswith("A classical method, ar, beats every network: its MSE is 1e-09")
    assert lines[-1].endswith(
        "By noise level, classical methods are ahead at 0 (ar, 2,000,000 ×); networks are ahead at 0.3 (net, 2.0 ×)."
    )


def test_the_terminal_shows_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_forecast(tmp_path)
    listing.show_comparison(tmp_path)
    shown = " ".join(capsys.readouterr().out.split())
    assert "mse [95 %] normalised_mse one_step_mse skill mase × limit parameters" in shown
    assert "3 d-net model 0.002 [0.002, 0.002]" in shown and "networks are ahead at 0.3" in shown
    listing.show_models(tmp_path)
    shown = " ".join(capsys.readouterr().out.split())
    assert "d-net forecast d gru mse 0.002 [0.001, 0.003] 141,573 100 → 10 1/sample" in shown
