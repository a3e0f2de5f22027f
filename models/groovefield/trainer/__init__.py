"""Training as a job of its own: what to do, what it tells, and the process that does it.

    job.py      what is to be trained, checked; one JSON object
    events.py   what the job tells while it runs; one JSON object a line
    run.py      reads the material, trains, finishes, writes: for anybody who has a `Control`
    control.py  pause, finish early, cancel, hear it now
    __main__.py the process: a job and then words on its standard input, events out
    client.py   that process, started and followed from Python

The command line calls `run` directly; the plugin and the studio start the process, so that
training never delays a pattern and survives neither a crash of its host nor delays its end.
"""
