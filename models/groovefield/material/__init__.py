"""What the field is made of: drum maps, MIDI files, data sets and the windows cut from them."""
