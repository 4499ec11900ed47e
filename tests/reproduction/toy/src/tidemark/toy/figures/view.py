"""How the toy task is shown."""

from tidemark.report.figures.view import Metric, View

VIEW = View(
    title="Toy",
    lead="The input is a constant under noise, the target the constant.",
    metrics=(Metric("mse", "MSE"),),
    error="squared error",
    by_set="mse",
    unlike="The more observations, the more noise is averaged out.",
    answer="an estimate",
    plain=("", ""),
)
