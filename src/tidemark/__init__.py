"""tidemark: a workbench for learning on one-dimensional signals."""
