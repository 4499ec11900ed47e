"""From windows of participants to a dataset of spectrograms, and pictures of them."""
