"""A pipeline of one's own: begun, given recordings, and rid of them again."""
