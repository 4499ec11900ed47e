"""Assemble the report: one page of all scores, tables and figures."""

from pathlib import Path

from tidemark.core import command, paths
from tidemark.core.replacing import replacing
from tidemark.report.page import empty, page, results


def report() -> None:
    """Write the page from what the pipeline's other stages left; in a project without a dataset, that."""
    if results.scored(Path()):
        text = page.render(results.read_all(Path()))
    else:
        text = empty.render()
        print(empty.HINT)
    with replacing(paths.REPORT) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    command.run(report)
