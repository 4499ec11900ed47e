"""For inferring."""
