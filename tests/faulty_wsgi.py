"""The shop with one more job, which goes wrong in the processes that FAULTS names.

FAULTS is a folder: a file named like the number of a process says what happens there.
"""

import os
import threading
from pathlib import Path

from repairshop import wsgi

# Not before the application, which is what makes the models ready.
from repairshop import timer  # isort: skip

application = wsgi.application


def print_labels() -> int:
    order = Path(os.environ["FAULTS"], str(os.getpid()))
    match order.read_text() if order.exists() else "":
        case "end":
            raise SystemExit
        case "fail":
            raise RuntimeError("no paper for bob@example.com")
        case "hang":
            threading.Event().wait()
    return 0


timer.JOBS.append(print_labels)
