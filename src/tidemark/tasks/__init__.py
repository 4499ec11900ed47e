"""One task per file: what is given, what is asked, its loss and its metrics."""
