"""Compare the predictors of one dataset, and draw its figures."""

from tidemark.core import command, params, paths
from tidemark.core.store import DatasetInfo, read_json
from tidemark.core.task import Task
from tidemark.evaluation import comparison, seeds
from tidemark.evaluation.comparison import Predictor
from tidemark.report.figures import section
from tidemark.report.figures.published import Published
from tidemark.report.figures.results import Results


def figures(task: str, name: str) -> None:
    """Compare all predictors of dataset NAME of TASK; write their scores, the headlines and the figures."""
    details = paths.details(task, name)
    folders = [folder for part in ("models", "references") if (folder := details / part).exists()]
    scoring = read_json(folders[0] / "scoring.json")
    spreads = seeds.read(paths.seeds(name))

    def wider(each: Predictor) -> Predictor:
        spread = seeds.fitting(spreads, each.name, paths.model(name, each.name))
        return seeds.covering(each, spread) if spread else each

    compared = comparison.compare(task, name, scoring["headline"], scoring["better"], folders, wider)
    comparison.write(paths.metrics(task, name), compared)
    comparison.write_headlines(paths.headline(name), compared)
    drawing, printed = Task(task).drawing, params.read(paths.published(task)).get(name)
    where = f"{paths.published(task)}: {name}"
    info = DatasetInfo(**read_json(folders[0] / "dataset.json"))
    results = Results(
        drawing.view_of(info),
        compared,
        info,
        details,
        paths.MODELS / name,
        params.validate(Published, printed, where) if printed else None,
        tuple(scoring.get("examples") or ()),
    )
    section.write(paths.figures(task, name), drawing, results)


if __name__ == "__main__":
    command.run(figures)
