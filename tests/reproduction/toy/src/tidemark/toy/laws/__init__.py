"""Laws that noisy constants are drawn from."""
