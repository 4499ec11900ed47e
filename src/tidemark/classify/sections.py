"""Classify: simulations and studies have entries of their own."""

from tidemark.classify.studies.entry import SimulationEntry, StudyEntry
from tidemark.core.sections import Sections

SECTIONS = Sections({"simulations": SimulationEntry, "studies": StudyEntry}, datasets=("studies",))
