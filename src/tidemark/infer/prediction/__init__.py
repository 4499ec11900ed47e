"""A trained model of this task on a file."""
