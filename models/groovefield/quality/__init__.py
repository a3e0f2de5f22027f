"""How well a pad holds grooves that it has not seen, beside other ways to make one.

``protocol`` says what is trained on and what is asked; ``scores`` scores; ``rivals`` are pads
without a network; ``fields`` trains the networks. ``groovefield bench quality`` puts them into
one table.
"""
