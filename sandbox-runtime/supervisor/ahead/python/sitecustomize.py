"""Makes `python3 /work/main.py` say on descriptor 3 that it has started, and wait there for the supervisor's go.

Python imports this module at the end of its own start and before it opens the program, so what follows is an ordinary
run: __main__, sys.argv, tracebacks and the command line are untouched. Everything this file brought is taken away
again, and an image's own sitecustomize gets its turn.

All that need not wait for the job is done before it: in a sandbox each file that Python looks for costs a good part of a
millisecond, and a run that imports json spent most of its time on that.
"""
import gc
import os
import sys

_here = os.path.dirname(__file__)
os.environ.pop("PYTHONPATH", None)
sys.path[:] = [entry for entry in sys.path if entry != _here]
sys.path_importer_cache.pop(_here, None)

# What most programs begin with. They stay in sys.modules only: whoever imports one finds it there.
import base64, collections, csv, datetime, io, itertools, json, math, re, string, time  # noqa: E401, F401

_this = sys.modules.pop("sitecustomize")
try:
    import sitecustomize  # noqa: F401
except ImportError:
    sys.modules["sitecustomize"] = _this
except Exception:  # Python would tell and go on, too
    sys.excepthook(*sys.exc_info())
# The home directory is the work directory, and empty as yet: there is no usercustomize to look for.
sys.modules["site"].ENABLE_USER_SITE = False
# Nothing so far is garbage; at its end the program need not look through it again.
gc.collect()
gc.freeze()

os.write(3, b"\n")
if os.read(3, 1) != b"\n":
    os._exit(1)  # the supervisor is gone
os.close(3)
