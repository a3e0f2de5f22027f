"""Groovefield: material, datasets, networks, training, model files and the command line."""

__version__ = "0.1.0"
