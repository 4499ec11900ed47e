"""Classify: simulations and studies have entries of their own."""

from tidemark.classify.studies.entry import SimulationEntry, StudyEntry
from tidemark.core.task import Sections

SECTIONS = Sections({"simulations": SimulationEntry, "studies": StudyEntry}, datasets=("studies",))
