"""How this task is shown."""

from tidemark.report.figures.view import NOISE, Metric, View

VIEW = View(
    title="Denoise",
    lead=(
        "The input is a noisy signal, the target the clean one. The error that ranks is L1, the mean "
        "absolute difference from the clean signal. SNR gain is how much of the noise was removed, in "
        "decibels: higher is better."
    ),
    metrics=(Metric("l1", "L1"), Metric("snr_gain_db", "SNR gain", 1, "dB"), Metric("mse", "MSE")),
    error="L1 error",
    by_set="mse",
    unlike="The more samples, the more noise can be averaged out.",
    answer="an estimate",
    plain=("rnn", "plain RNN"),
    key="Dots are the noisy input, the thin line is the truth, the broad one the estimate (dashed for a "
    "limit).",
    moving="dots: noisy, thin line: truth",
    arrays=("noisy", "clean"),
    labels=("noisy", "truth", "estimate"),
    position="sample",
    by_position=("Error by position", "at each place in the signal"),
    sweeps=(NOISE,),
    colours={
        "rnn": "#d55e00",
        "bidirectional-rnn": "#e69f00",
        "identity-rnn": "#a04000",
        "gru": "#56b4e9",
        "identity-gru": "#2a7ab8",
        "bidirectional-gru": "#0072b2",
        "best": "#009e73",
        "codebook": "#cc79a7",
        "small-rnn": "#882255",
        "unrolled-experts": "#999933",
        # A linear model and its non-linear partner share a hue.
        "sta-linear": "#0072b2",
        "sta-tanh": "#56a5d8",
        "matched-sta-linear": "#3d8f8f",
        "reference-sta-linear": "#d55e00",
        "reference-sta-tanh": "#e8935a",
        "matched-reference-sta-linear": "#c79a1e",
        "autoencoder-linear": "#aa3377",
        "autoencoder-tanh": "#c97ba6",
        "spectrum-autoencoder-linear": "#8a8a2e",
        "spectrum-autoencoder-tanh": "#adad55",
        "principal-components": "#009e73",
    },
)
