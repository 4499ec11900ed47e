"""Make a study's recordings, in the format of a real one."""

from pathlib import Path

from tidemark.core import command, params, registry, store


def simulate(name: str, folder: Path) -> None:
    """Draw the recordings of simulation NAME from its law and write them to FOLDER."""
    entry = params.entry_of(params.load().simulations, name, "simulations")
    simulation = registry.load("simulations", entry.generator, f"simulations.{name}.generator")
    law = params.validate(simulation.Law, entry.law, f"simulations.{name}.law")
    with store.replacing(folder) as temporary:
        simulation.write(temporary, law, entry.seed)


if __name__ == "__main__":
    command.run(simulate)
