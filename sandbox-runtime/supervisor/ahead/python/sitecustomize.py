"""Makes `python3 /work/main.py` say on descriptor 3 that it has started, and wait there for the supervisor's go.

Python imports this module at the end of its own start and before it opens the program, so what follows is an ordinary
run: __main__, sys.argv, tracebacks and the command line are untouched. Everything this file brought is taken away
again, and an image's own sitecustomize gets its turn.
"""
import os
import sys

_here = os.path.dirname(__file__)
os.environ.pop("PYTHONPATH", None)
sys.path[:] = [entry for entry in sys.path if entry != _here]
sys.path_importer_cache.pop(_here, None)
os.write(3, b"\n")
if os.read(3, 1) != b"\n":
    os._exit(1)  # the supervisor is gone
os.close(3)

_this = sys.modules.pop("sitecustomize")
try:
    import sitecustomize  # noqa: F401
except ImportError:
    sys.modules["sitecustomize"] = _this
    del _here, _this, os, sys
