"""A trained model on whole files: streaming, times, what to write where; shared by all tasks."""
