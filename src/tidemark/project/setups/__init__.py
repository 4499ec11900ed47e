"""A file for each task: its entries for a recording of one's own."""
