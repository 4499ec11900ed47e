"""All predictors of a task side by side."""
