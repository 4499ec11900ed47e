"""Read a recording from a user's file, and cut it into the windows of a dataset."""

from dataclasses import replace

from tidemark.core import command, params, paths
from tidemark.core.store import write_dataset
from tidemark.core.task import Task
from tidemark.signals.recordings.entry import RecordingEntry
from tidemark.signals.recordings.recording import read


def window(task: str, name: str) -> None:
    """Cut windows from recording NAME of TASK."""
    windowing = Task(task).windowing
    where = params.where(task, "recordings", name)
    entry = params.entry(task, "recordings", name, windowing.entry)
    if not isinstance(entry, RecordingEntry):
        raise TypeError(f"{windowing.entry} is no RecordingEntry")
    recording = read(entry)
    info, splits = windowing.cut(name, recording.arrays, entry, recording.sampling_rate, where)
    write_dataset(paths.dataset(name), replace(info, columns=recording.columns), splits)


if __name__ == "__main__":
    command.run(window)
