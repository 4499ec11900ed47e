"""What the page shows of the toy task."""
