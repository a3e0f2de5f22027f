"""The other commands of `groovefield`, one module each, and what only they need."""
