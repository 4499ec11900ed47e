"""How this task is shown."""

from tidemark.report.figures.view import NOISE, Metric, Sweep, View

VIEW = View(
    title="Forecast",
    lead=(
        "The input is the past of a signal, the target its next samples. The error that ranks is MSE, the "
        "mean squared error over all steps of the horizon; normalised, it is over the variance of what is "
        "to come, so that 1 is no better than a constant; one-step MSE is that of the first step alone. "
        "Skill is the share of the squared error of repeating the last value that is avoided: 1 is perfect, "
        "below 0 is worse than not moving. MASE is the mean absolute error over that which the naive "
        "forecast, a step or a season later the same, makes in the past."
    ),
    metrics=(
        Metric("mse", "MSE"),
        Metric("normalised_mse", "Normalised MSE"),
        Metric("one_step_mse", "One-step MSE"),
        Metric("skill", "Skill", 3),
        Metric("mase", "MASE"),
    ),
    error="MSE",
    by_set="mse",
    unlike="At a smaller scale a network has seen fewer signals.",
    answer="a forecast",
    plain=("lstm", "plain LSTM"),
    negligible=1e-13,
    key="The input, its last part, is shaded; the thin line is what came, the broad one the forecast "
    "(dashed for a limit).",
    moving="shaded: the end of the input, thin line: what came",
    arrays=("past", "future"),
    labels=("past", "future", "forecast"),
    squared=True,
    position="steps ahead",
    time="time ahead",
    first_position=1,
    by_position=("Error by step of the horizon", "at each step of the horizon"),
    sweeps=(
        NOISE,
        Sweep("components", "number of components", "number of components of a signal",
              "that of the training signals"),
    ),
    colours={
        "empirical-bayes": "#cc79a7",
        "encoder-gru": "#882255",
        "encoder-gru-resumed": "#999933",
        "lstm": "#44aa99",
        "sequence-to-sequence": "#aa4499",
        "sequence-to-sequence-free": "#117733",
    },
)  # fmt: skip
