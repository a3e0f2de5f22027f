"""The field itself: network, training, the model file and the decoder that plays it."""
