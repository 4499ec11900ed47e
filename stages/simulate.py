"""Make a study's recordings, in the format of a real one."""

from tidemark.classify.studies.entry import MADE_UP, SimulationEntry
from tidemark.core import command, params, paths, registry
from tidemark.core.law import Recorder
from tidemark.core.replacing import replacing


def simulate(task: str, name: str) -> None:
    """Draw the recordings of simulation NAME of TASK from its law and write them."""
    entry = params.entry(task, "simulations", name, SimulationEntry)
    where = params.where(task, "simulations", name)
    recorder = registry.load(f"{task}/laws", entry.generator, f"{where}.generator", Recorder)
    law = params.validate(recorder.law, entry.law, f"{where}.law")
    with replacing(paths.recorded(name)) as temporary:
        recorder.write(temporary, law, entry.seed)
        (temporary / MADE_UP).write_text(f"Made up by tidemark, simulation {name}: nobody wore a device.\n")


if __name__ == "__main__":
    command.run(simulate)
