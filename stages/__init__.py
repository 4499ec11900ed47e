"""The pipeline's stages. Importing them makes sure that the code that runs is this checkout's.

An editable install points to the checkout that it was made from; an experiment that DVC runs
in a temporary copy must run the copy's code. The package has the same files as `tidemark.stages`, for
projects without a checkout.
"""

import importlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

import tidemark
from tidemark.core import instructions

if not Path(tidemark.__file__).is_relative_to(Path(__file__).parents[1]):
    raise ImportError(f"stages of {Path(__file__).parents[1]} would run the code of {tidemark.__file__}")

# Before any numerical library is imported: they look at these once, as they load.
os.environ.update(instructions.environment(Path("params.yaml")))

if os.environ.get("TIDEMARK_WARM"):  # last: the server that takes over has to have the same environment
    importlib.import_module(f"{__name__}.warm").hand_over()
