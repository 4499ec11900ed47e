"""Laws that signals are drawn from, one a file."""
