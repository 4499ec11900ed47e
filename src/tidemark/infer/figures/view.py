"""How this task is shown."""

from tidemark.report.figures.view import NOISE, Metric, View

VIEW = View(
    title="Infer",
    lead=(
        "The input is points of one sequence, or of two that share one shape, the target the values of "
        "others: each prediction is a mean and a standard deviation. The error that ranks is the CRPS, the "
        "continuous ranked probability score: a mean absolute error that also charges for intervals too "
        "wide or too narrow. NLL is the negative log-likelihood of a value by itself, joint NLL that of "
        "each value after the true ones before it, in nats a point. Both may be negative, so what counts is "
        "their difference from the limit, written below them: at +0.1 nat the truth was held 10 % less "
        "likely, point by point. In 95 % is the share of values within the central 95 % interval, best at "
        "0.95. Step is the error at the first inferred value, where a prediction leaves the last given one, "
        "offset the mean error of a signal's values after it; both as root mean squares over signals, which "
        "those of the limit say how much of is not to be known. To the partner is the share of the way to "
        "the other sequence's level that the first inferred value has drifted: none, at best."
    ),
    metrics=(
        Metric("crps", "CRPS"),
        Metric("nll", "NLL", 3, "nat", above_limit=True),
        Metric("joint_nll", "Joint NLL", 3, "nat", above_limit=True),
        Metric("mse", "MSE"),
        Metric("coverage_95", "In 95 %", 3),
        Metric("step_rms", "Step"),
        Metric("offset_rms", "Offset"),
    ),
    others=(
        Metric("sequential_mse", "Sequential MSE"),
        Metric("fed_back_mse", "Fed-back MSE"),
        Metric("r2_first", "R² of the first member", 3),
        Metric("r2_second", "R² of the second member", 3),
        Metric("coverage_50", "In 50 %", 3),
        Metric("coverage_80", "In 80 %", 3),
        Metric("first_mse", "MSE right after the input"),
        Metric("step", "Mean step"),
        Metric("offset", "Mean offset"),
        Metric("fed_back_offset_rms", "Fed-back offset"),
        Metric("step_to_partner", "Step to the partner"),
        Metric("offset_to_partner", "Offset to the partner"),
    ),
    error="CRPS",
    by_set="crps",
    unlike="At a smaller scale a network has seen fewer pairs.",
    answer="a prediction",
    plain=("causal-attention", "published network"),
    position="place among the inferred points",
    first_position=1,
    by_position=(
        "Error by inferred point",
        "at each inferred point, in the order in which they are inferred",
    ),
    sweeps=(NOISE,),
    colours={
        "attention-alone": "#56b4e9",
        "attention-differences": "#0072b2",
        "attention-full-infer": "#cc79a7",
        "attention-half-half": "#882255",
        "attention-repaired": "#d55e00",
        "attention-shuffle": "#999933",
        "learned-covariance": "#44aa99",
        "neural-process": "#aa4499",
    },
)
