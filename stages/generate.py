"""Draw a dataset's signals from its law."""

from tidemark.core import command
from tidemark.signals.dataset import generate_dataset


def generate(task: str, name: str) -> None:
    """Draw the splits of dataset NAME of TASK."""
    generate_dataset(task, name)


if __name__ == "__main__":
    command.run(generate)
