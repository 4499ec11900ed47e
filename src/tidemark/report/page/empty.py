"""The page of a project that has no dataset yet."""

HINT = (
    "no dataset yet: `tidemark add FILE` makes a recording one, and `dvc repro` then trains, scores and draws"
)


def render() -> str:
    """A page that says what to do next."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>tidemark</title>\n'
        f"<p>{HINT.replace('`', '')}.</p>\n</html>\n"
    )
