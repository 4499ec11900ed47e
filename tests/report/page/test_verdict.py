import math
from collections.abc import Mapping
from dataclasses import replace

from support.scored import KAPPA, VIEW, compared, predictor, score
from tidemark.evaluation.comparison import Comparison, Predictor
from tidemark.evaluation.origin import LEARNED, Origin
from tidemark.evaluation.seeds import Spread, covering
from tidemark.report.page import verdict
from tidemark.report.page.section import Section
from tidemark.report.page.speeds import Speed

FORECAST, CLASSIFY = Section(view=VIEW), Section(view=KAPPA)


def headline(*predictors: Predictor) -> str:
    return verdict.headline(compared(*predictors), VIEW)


def kappas(*predictors: Predictor) -> Comparison:
    better = {"kappa": "higher", "smooth": "higher"}
    return compared(*predictors, headline="kappa", better=better)


def test_a_classical_method_ahead_of_every_network_is_named_with_its_margin() -> None:
    text = headline(
        predictor("exact", "limit", mse=1e-14), predictor("ar", "baseline", mse=1e-9),
        predictor("fit", "baseline", mse=2e-4), predictor("net", "model", mse=1e-3), predictor("last", "baseline", mse=0.2),
    )  # fmt: skip
    assert text == (
        "A classical method, ar, fitted to each signal, beats every network: its MSE is 1e-09, 1,000,000 times smaller "
        "than that of the best of them, net (0.001). So does one more."
    )


def test_a_network_ahead() -> None:
    text = headline(
        predictor("ar", "baseline", mse=0.042),
        predictor("net", "model", mse=0.02),
        predictor("x", "model", mse=0.03),
    )
    assert text == (
        "A network, net, beats every classical method: its MSE is 0.02, 2.1 times smaller than that of the best of "
        "them, ar (0.042, fitted to each signal)."
    )


def test_a_model_that_is_no_network_is_a_classical_method_learned_on_many_signals() -> None:
    pooled = replace(predictor("pooled", "model", mse=0.01, parameters=26), origin=Origin(LEARNED))
    assert (pooled.side, pooled.is_network) == ("classical", False)
    assert headline(pooled, predictor("net", "model", mse=0.02), predictor("ar", "baseline", mse=0.03)) == (
        "A classical method, pooled, learned on many signals, beats every network: its MSE is 0.01, 2.0 times smaller "
        "than that of the best of them, net (0.02)."
    )
    ridge = replace(predictor("ridge", "baseline", mse=0.05), origin=Origin(LEARNED))
    assert headline(ridge, predictor("net", "model", mse=0.02)).endswith(
        "ridge (0.05, learned on many signals)."
    )


def test_what_is_told_the_law_is_on_neither_side() -> None:
    known = predictor("known", "oracle", mse=0.001), predictor("exact", "limit", mse=0.0001)
    net, ar = predictor("net", "model", mse=0.02), predictor("ar", "baseline", mse=0.042)
    assert {each.side for each in known} == {""}
    assert headline(*known, net, ar) == headline(net, ar)


def test_overlapping_intervals_put_nobody_ahead() -> None:
    text = headline(predictor("ar", "baseline", mse=0.021), predictor("net", "model", mse=0.02))
    assert text == (
        "Neither networks nor classical methods are ahead: the 95 % intervals of net (MSE 0.02) and ar (0.021, fitted "
        "to each signal) overlap."
    )


def test_nobody_to_compare() -> None:
    assert (
        headline(predictor("net", "model", mse=0.02), predictor("exact", "limit", mse=0.01))
        == "The best network, net, has MSE 0.02."
    )
    assert headline(predictor("ar", "baseline", mse=0.01)) == "No network is trained on this dataset."
    assert (
        verdict.verdict(
            compared(predictor("net", "model", mse=math.nan), predictor("ar", "baseline", mse=0.01))
        )
        is None
    )


def test_no_error_at_all_is_infinitely_better() -> None:
    found = compared(predictor("ar", "baseline", mse=0.0), predictor("net", "model", mse=0.02))
    ahead = verdict.verdict(found)
    assert ahead is not None and ahead.times == math.inf and ahead.margin == "∞ ×"
    assert "below that of" in verdict.headline(found, VIEW)


def test_a_very_large_margin_is_a_power_of_ten() -> None:
    text = headline(predictor("ar", "baseline", mse=1e-14), predictor("net", "model", mse=0.05))
    assert "1e-14, 5·10¹² times smaller" in text


SETS = compared(
    predictor("ar", "baseline", mse=1e-9, loud={"mse": 0.9}, noisy={"mse": 0.3}, drift={"mse": 0.31}, many={"mse": 0.1}, few={"mse": 0.1}),
    predictor("net", "model", mse=1e-3, loud={"mse": 0.3}, noisy={"mse": 0.2}, drift={"mse": 0.3}, many={"mse": 0.5}, few={"mse": 0.7}),
    predictor("slow", "model", mse=0.5, few={"mse": 0.05}),
)  # fmt: skip
LAWS: Mapping[str, Mapping[str, float]] = {
    "test": {"noise_std": 0.0}, "loud": {"noise_std": 0.3}, "noisy": {"noise_std": 0.1}, "drift": {},
    "many": {"components": 20}, "few": {"components": 3},
}  # fmt: skip


def test_by_level_and_elsewhere() -> None:
    section = Section(view=VIEW, test_sets=LAWS)
    first, noise, components, others, covered = verdict.sentences(SETS, section, {})
    assert covered == "Intervals cover test items, not seeds: each model was trained once."
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
    assert verdict.by_level(SETS, "noise level", {"loud": 0.3}) == ""


def test_other_test_sets_are_judged_by_the_error_that_ranks() -> None:
    found = compared(
        predictor("gp", "baseline", mse=0.03, gaps={"mse": 0.5, "nll": 0.1}),
        predictor("net", "model", mse=0.05, gaps={"mse": 0.1, "nll": 0.5}),
    )
    assert "On the test set gaps networks are ahead (net, 5.0 ×)." in verdict.sentences(found, FORECAST, {})


def test_speed_is_that_of_the_best_of_either_kind() -> None:
    found = compared(
        predictor("net", "model", mse=0.02), predictor("slow", "model", mse=0.03), predictor("ar", "baseline", mse=0.042),
        predictor("last", "baseline", mse=0.2),
    )  # fmt: skip
    speeds = {
        "d-net": Speed(1200.0, 25e3),
        "d-slow": Speed(9e6),
        "d-ar": Speed(3960.0, 10e3),
        "d-last": Speed(1.0),
    }
    assert verdict.speed(found, speeds, "a forecast") == (
        "On one processor core a forecast alone takes net 25 ms, 2.5 times more than ar (10 ms); "
        "one of many at once, 1.2 ms, 3.3 times less (4 ms)."
    )
    assert verdict.speed(found, speeds | {"d-ar": Speed(60.0)}, "a prediction") == (
        "On one processor core a prediction, one of many at once, takes net 1.2 ms, 20 times more than ar (60 µs)."
    )
    assert verdict.speed(found, {"d-net": Speed(1.0)}, "a forecast") == ""
    assert verdict.sentences(found, FORECAST, speeds)[-2] == verdict.speed(found, speeds, "a forecast")


def test_what_intervals_cover_is_said() -> None:
    net, slow, ar = predictor("net", "model"), predictor("slow", "model"), predictor("ar", "baseline")
    several = replace(net, seeds=5)
    assert verdict.covered(compared(several, ar)) == (
        "Intervals cover test items and, of trained models, seeds (5 trainings)."
    )
    assert verdict.covered(compared(several, slow)) == (
        "Intervals cover test items and, of trained models, seeds (5 trainings, but for slow, trained once)."
    )
    assert verdict.covered(compared(ar)) == ""


def test_a_lead_that_other_seeds_would_lose_is_none() -> None:
    net, ar = predictor("net", "model", mse=0.02), predictor("ar", "baseline", mse=0.042)
    assert verdict.verdict(compared(net, ar)).side == "networks are"
    wide = covering(net, Spread("", 5, {"test": {"mse": (0.01, 0.05)}}))
    assert verdict.verdict(compared(wide, ar)).side == "neither side is"


def test_higher_scores_are_better_where_the_metric_says_so() -> None:
    found = kappas(
        predictor("net", "model", kappa=score(0.83, 0.05)),
        predictor("forest", "baseline", kappa=score(0.6, 0.05)),
    )
    assert verdict.headline(found, KAPPA) == (
        "A network, net, beats every classical method: its κ is 0.830, 0.23 above that of the best of them, forest "
        "(0.600, fitted to each signal)."
    )
    classical = kappas(predictor("forest", "baseline", kappa=0.6), predictor("rocket", "baseline", kappa=0.5),
                       predictor("net", "model", kappa=0.4))  # fmt: skip
    text = verdict.headline(classical, KAPPA)
    assert text.startswith(
        "A classical method, forest, fitted to each signal, beats every network: its κ is 0.600, 0.2 above that of"
    )
    assert text.endswith("net (0.400). So does one more.")
    tie = kappas(predictor("net", "model", kappa=0.83), predictor("forest", "baseline", kappa=0.8))
    assert "intervals of net (κ 0.830) and forest (0.800, fitted to each signal) overlap" in verdict.headline(
        tie, KAPPA
    )


def test_what_smoothing_is_worth() -> None:
    both = [predictor("net", "model", kappa=0.8, smooth=0.85), predictor("plain", "model", kappa=0.7, smooth=0.7),
            predictor("forest", "baseline", kappa=0.6, smooth=0.75)]  # fmt: skip
    assert verdict.smoothing(kappas(*both), KAPPA) == (
        "Smoothing over time is worth +0.05 of κ to net (0.800 → 0.850) and +0.15 of κ to forest (0.600 → 0.750); "
        "it hurts no predictor."
    )
    assert verdict.smoothing(kappas(both[0]), KAPPA).endswith("net (0.800 → 0.850).")
    assert verdict.smoothing(kappas(predictor("net", "model", kappa=0.8)), KAPPA) == ""
    assert verdict.smoothing(SETS, VIEW) == ""


def test_whom_smoothing_hurts_and_whom_it_puts_first() -> None:
    found = kappas(
        predictor("net", "model", kappa=0.8, smooth=0.78),
        predictor("forest", "baseline", kappa=0.6, smooth=0.9),
    )
    text = verdict.smoothing(found, KAPPA)
    assert "−0.02 of κ to net" in text
    assert text.endswith("; it hurts net (−0.02). With it forest is best (0.900).")
