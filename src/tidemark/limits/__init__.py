"""One limit per file: the best any method could do, given the law of the data."""
