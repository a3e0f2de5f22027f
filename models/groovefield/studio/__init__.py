"""The studio: a window to train in and to understand a field by looking at it.

    command.py        `groovefield studio`
    window.py         puts the parts together
    material_view.py  what was dropped, and what became of each file
    training_view.py  start, pause, stop; live curves
    map_view.py       the field as a map: items, the place looked at, running plugins
    pattern_view.py   a pattern as a grid of hits
    inside_view.py    the way of a place through the network
    inside.py         the same as numbers: no window
    look.py           colours, dark and light

Training runs in a process of its own (`groovefield.trainer`); nothing here blocks the window.
"""
