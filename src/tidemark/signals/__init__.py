"""One generator of signals per file: a law, its parameters, whole batches at once."""
