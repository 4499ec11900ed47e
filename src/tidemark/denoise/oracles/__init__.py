"""Methods that are told the law: better than what is not told, and no limits."""
