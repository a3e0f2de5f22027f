"""What the plugin and the model process share: the memory layout, its two sides, the server."""
