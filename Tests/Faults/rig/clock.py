"""Makes programs believe another time of day; knows none of them."""

import pathlib
import shutil
import subprocess

from .case import Skipped

SOURCE = pathlib.Path(__file__).resolve().with_suffix(".c")


def false_clock(folder):
    """An environment in which the wall clock, and it alone, is off by the seconds in a file, which comes back, too."""
    compiler = shutil.which("clang") or shutil.which("cc")
    if compiler is None:
        raise Skipped("there is no C compiler for the false clock")
    library, file = folder / "clock.so", folder / "clock"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
    file.write_text("0\n")
    return {"LD_PRELOAD": str(library), "CLOCK_FILE": str(file)}, file
