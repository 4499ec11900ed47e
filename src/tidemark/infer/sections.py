"""Infer: projections have entries of their own."""

from tidemark.core.sections import Sections
from tidemark.infer.projection.entry import ProjectionEntry

SECTIONS = Sections({"projections": ProjectionEntry})
