"""``python -m groovefield.trainer``: one training job in a process of its own.

The first line of standard input is the job; each line after it is a word of
``Control.WORDS``. When standard input ends, whoever started the job is gone: it finishes
with the best field so far, so that nothing is lost. Events go to standard error, which is the
line that the plugin's shell listens to.
"""

from __future__ import annotations

import os
import sys
import threading

from groovefield.trainer import events
from groovefield.trainer.control import CancelTraining, Control, finishing_when_told
from groovefield.trainer.job import from_json
from groovefield.trainer.run import CANNOT, run

NICENESS = 10
"""The music has precedence over the training of the next."""


def main() -> int:
    """Do the job of standard input; 0 when it was done or cancelled, 1 when it could not be."""
    _be_nice()
    control = Control()
    try:
        job = from_json(sys.stdin.readline())
        threading.Thread(target=_listen, args=(control,), daemon=True).start()
        with finishing_when_told(control):
            run(job, control, _say)
    except CANNOT as reason:
        _say(events.Failed(str(reason)))
        return 1
    except CancelTraining:
        _say(events.Cancelled())
    except KeyboardInterrupt:
        _say(events.Failed("Training ended before its first epoch was over; there is no field."))
        return 1
    except MemoryError:
        _say(events.Failed("There is not enough memory for this material; train on less of it."))
        return 1
    return 0


def _say(event: events.Event) -> None:
    try:
        sys.stderr.write(events.to_json(event) + "\n")
        sys.stderr.flush()
    except OSError:  # nobody listens any more; the model is written all the same
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123


def _listen(control: Control) -> None:
    for line in sys.stdin:
        control.say(line.strip())
    control.finish()


def _be_nice() -> None:
    if sys.platform == "win32":
        import ctypes

        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
    else:
        os.nice(NICENESS)


if __name__ == "__main__":
    raise SystemExit(main())
