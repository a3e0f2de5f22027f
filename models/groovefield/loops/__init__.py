"""Audio loops in: a file's tempo, its onsets with their drums, and windows of a grid."""
