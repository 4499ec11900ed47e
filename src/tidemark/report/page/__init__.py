"""Results in words and tables: the page, the terminal's listings, README and docs."""
