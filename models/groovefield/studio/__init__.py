"""The studio: a window to train in and to understand a field by looking at it.

    command.py        `groovefield studio`
    detached.py       the same as a process that outlives whoever started it
    window.py         puts the parts together
    layout.py         where in the window everything is
    menus.py          everything that can be done, with its key
    material_view.py  what was dropped, and what became of each file
    file_view.py      one file: how it was read
    correcting.py     corrections of it by hand
    waveform_view.py  a loop with its onsets, lanes and grid
    reading.py        the same as numbers: no window
    training_view.py  start, pause, stop; the map as it forms
    curves.py         the losses by epoch
    models_view.py    the library of models
    map_view.py       the field as a map: items, the place looked at, running plugins
    model_choice.py   which model is looked at
    style_choice.py   in which style the field is looked at
    slice_view.py     where the dimensions beyond X and Y stand
    attached.py       the plugins that run, and the one that the map moves
    latent_view.py    the items in the latent space, coloured by label
    dots.py           what map and latent plot share
    compare_view.py   what plays here, and an item's original beside what the field makes of it
    pattern_view.py   a pattern as a grid of hits
    inside_view.py    the way of a place through the network
    inside.py         the same as numbers: no window
    export.py         pictures as files
    background.py     work beside the window
    labels.py         words that keep to their room
    flow.py           widgets in lines, as words are
    look.py           colours, dark and light

Training runs in a process of its own (`groovefield.trainer`), material is read on a thread;
nothing here blocks the window.
"""
