"""One classical method per file."""
