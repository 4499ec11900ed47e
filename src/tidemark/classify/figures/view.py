"""How this task is shown."""

from tidemark.report.figures.view import Metric, View

VIEW = View(
    title="Classify",
    lead=(
        "The input is a window of a wrist accelerometer, the target what its wearer was doing. The score "
        "that ranks is Cohen's κ, the agreement with the annotation beyond that of chance: 1 is perfect, 0 "
        "is chance, higher is better; its small plots have a linear axis. Balanced accuracy is the mean "
        "over classes of the share that is recognised, macro F1 the mean of their F1 scores, Matthews the "
        "correlation of predictions and annotation. Smoothed κ is that after a hidden Markov model went "
        "over each participant's windows. Log loss, in nats, is of the probability of the annotated class, "
        "calibration error the mean distance of confidence from the share that is right: lower is better "
        "for both. Intervals draw whole participants, on none of whom a model was trained: windows of one "
        "person are alike, and drawn one by one would make intervals far too narrow."
    ),
    metrics=(
        Metric("kappa", "κ", 3),
        Metric("balanced_accuracy", "Balanced accuracy", 3),
        Metric("macro_f1", "Macro F1", 3),
        Metric("matthews", "Matthews", 3),
        Metric("smoothed_kappa", "Smoothed κ", 3),
        Metric("log_loss", "Log loss", 3),
        Metric("calibration_error", "Calibration error", 3),
    ),
    others=(
        Metric("smoothed_balanced_accuracy", "Smoothed balanced accuracy", 3),
        Metric("smoothed_macro_f1", "Smoothed macro F1", 3),
        Metric("smoothed_matthews", "Smoothed Matthews", 3),
    ),
    error="Cohen's κ",
    better="higher",
    by_set="kappa",
    unlike="At a smaller scale a network has seen fewer participants.",
    answer="a prediction",
    plain=("spectrogram-cnn", "published network"),
    smoothed="smoothed_kappa",
    colours={"residual-spectrogram": "#cc79a7", "spectrogram-cnn": "#882255"},
)
