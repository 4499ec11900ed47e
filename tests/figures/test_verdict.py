import math
from dataclasses import replace

from tidemark.figures import verdict
from tidemark.figures.set_scores import SetScore
from tidemark.figures.tables import Row, Score
from tidemark.figures.views import FORECAST, INFER


def row(label: str, kind: str, value: float, width: float = 0.1) -> Row:
    score = Score(value, value * (1 - width), value * (1 + width))
    return Row("d", 1, f"d-{label}", kind, {"mse": score}, math.nan, "", 1)


def scored(label: str, kind: str, test: str, value: float, **numbers: float) -> SetScore:
    score, nothing = Score(value, 0.9 * value, 1.1 * value), math.nan
    return SetScore("d", test, numbers.get("noise", nothing), f"d-{label}", kind, "mse", score, "", nothing, nothing,
                    nothing, numbers.get("components", nothing))  # fmt: skip


def test_a_classical_method_ahead_of_every_network_is_named_with_its_margin() -> None:
    rows = [row("exact", "limit", 1e-14), row("ar", "baseline", 1e-9), row("fit", "baseline", 2e-4),
            row("net", "model", 1e-3), row("last", "baseline", 0.2)]  # fmt: skip
    assert verdict.headline(rows, "MSE") == (
        "A classical method, ar, beats every network: its MSE is 1e-09, 1,000,000 times smaller than that of the "
        "best of them, net (0.001). So does one more."
    )


def test_a_network_ahead() -> None:
    rows = [row("ar", "baseline", 0.042), row("net", "model", 0.02), row("other", "model", 0.03)]
    assert verdict.headline(rows, "MSE") == (
        "A network, net, beats every classical method: its MSE is 0.02, 2.1 times smaller than that of the best of "
        "them, ar (0.042)."
    )


def test_overlapping_intervals_put_nobody_ahead() -> None:
    text = verdict.headline([row("ar", "baseline", 0.021), row("net", "model", 0.02)], "MSE")
    assert text.startswith("Neither networks nor classical methods are ahead: net (MSE 0.02) and ar (0.021)")


def test_nobody_to_compare() -> None:
    assert verdict.headline([row("net", "model", 0.02), row("exact", "limit", 0.01)], "MSE") == ""
    assert verdict.headline([row("net", "model", math.nan), row("ar", "baseline", 0.01)], "MSE") == ""
    assert verdict.sentences([], [], FORECAST) == []


def test_no_error_at_all_is_infinitely_better() -> None:
    found = verdict.verdict([row("ar", "baseline", 0.0), row("net", "model", 0.02)])
    assert found is not None and found.times == math.inf
    assert "below that of" in verdict.headline([row("ar", "baseline", 0.0), row("net", "model", 0.02)], "MSE")


def test_a_very_large_margin_is_a_power_of_ten() -> None:
    text = verdict.headline([row("ar", "baseline", 1e-14), row("net", "model", 0.05)], "MSE")
    assert "1e-14, 5·10¹² times smaller" in text


SCORES = [
    scored("ar", "baseline", "test", 1e-9, noise=0.0), scored("net", "model", "test", 1e-3, noise=0.0),
    scored("ar", "baseline", "loud", 0.9, noise=0.3), scored("net", "model", "loud", 0.3, noise=0.3),
    scored("ar", "baseline", "noisy", 0.3, noise=0.1), scored("net", "model", "noisy", 0.2, noise=0.1),
    scored("ar", "baseline", "drift", 0.31), scored("net", "model", "drift", 0.3),
    scored("ar", "baseline", "many", 0.1, components=20), scored("net", "model", "many", 0.5, components=20),
    scored("ar", "baseline", "few", 0.1, components=3), scored("slow", "model", "few", 0.05, components=3),
]  # fmt: skip


def test_by_level_and_elsewhere() -> None:
    first, noise, components, others = verdict.sentences(
        [row("ar", "baseline", 1e-9), row("net", "model", 1e-3)], SCORES, FORECAST
    )
    assert first.startswith("A classical method, ar,")
    assert noise == (
        "By noise level, classical methods are ahead at 0 (ar, 1,000,000 ×); networks are ahead at 0.1 and 0.3 "
        "(net, 1.50 to 3.0 ×)."
    )
    assert components == (
        "By number of components, networks are ahead at 3 (slow, 2.0 ×); classical methods are ahead at 20 (ar, 5.0 ×)."
    )
    assert others == "On the test set drift neither side is ahead."


def test_one_level_is_no_sweep() -> None:
    assert verdict.by_level(SCORES, "noise level", {"loud": 0.3}) == ""


def test_speed_is_that_of_the_best_of_either_kind() -> None:
    rows = [
        row("net", "model", 0.02),
        row("slow", "model", 0.03),
        row("ar", "baseline", 0.042),
        row("last", "baseline", 0.2),
    ]
    speeds = {"d-net": 1200.0, "d-slow": 9e6, "d-ar": 3960.0, "d-last": 1.0}
    assert verdict.speed(rows, speeds, FORECAST.answer) == (
        "On one processor core a forecast takes net 1.2 ms, 3.3 times less than ar (4 ms)."
    )
    assert verdict.speed(rows, speeds | {"d-ar": 60.0}, INFER.answer) == (
        "On one processor core a prediction takes net 1.2 ms, 20 times more than ar (60 µs)."
    )
    assert verdict.speed(rows, {"d-net": 1.0}, FORECAST.answer) == ""
    assert verdict.sentences(rows, [], FORECAST, speeds)[-1] == verdict.speed(rows, speeds, FORECAST.answer)


def test_other_test_sets_are_judged_by_the_error_that_ranks() -> None:
    rows = [row("gp", "baseline", 0.03), row("net", "model", 0.05)]
    mse = [scored("gp", "baseline", "gaps", 0.1), scored("net", "model", "gaps", 0.5)]
    crps = [replace(each, metric="crps", score=Score(*[1 / each.score.value] * 3)) for each in mse]
    for order in ([*mse, *crps], [*crps, *mse]):
        assert "On the test set gaps networks are ahead (net, 5.0 ×)." in verdict.sentences(
            rows, order, INFER
        )
