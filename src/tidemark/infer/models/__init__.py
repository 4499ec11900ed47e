"""For inferring one sequence from another."""
