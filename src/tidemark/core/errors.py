"""The one error that is the user's to fix."""


class InputError(Exception):
    """Something that the user gave is wrong.

    Its message is one line: what is wrong, where, what was expected, how to fix it.
    """
