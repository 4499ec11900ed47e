"""Cut a recording into the windows of a dataset."""

from pathlib import Path

from tidemark.core import command, params, store
from tidemark.windowing.denoise import windowed
from tidemark.windowing.forecast import forecasts
from tidemark.windowing.infer import pairs


def window(name: str, recording: Path, dataset: Path) -> None:
    """Cut windows from RECORDING, named NAME in params.yaml, and write them to DATASET."""
    entry = params.entry_of(params.load().recordings, name, "recordings")
    arrays, sampling_rate = store.read_recording(recording)
    cut = {"denoise": windowed, "forecast": forecasts, "infer": pairs}[entry.task]
    info, splits = cut(name, arrays, entry, sampling_rate)
    store.write_dataset(dataset, info, splits)


if __name__ == "__main__":
    command.run(window)
