"""The pipeline's stages. Importing them makes sure that the code that runs is this checkout's.

An editable install points to the checkout that it was made from; an experiment that DVC runs
in a temporary copy must run the copy's code.
"""

import os
import sys
from pathlib import Path

# Sums depend on the number of threads, and so would the bytes of a result.
os.environ.setdefault("OMP_NUM_THREADS", "1")

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import tidemark

if not Path(tidemark.__file__).is_relative_to(Path(__file__).parents[1]):
    raise ImportError(f"stages of {Path(__file__).parents[1]} would run the code of {tidemark.__file__}")
