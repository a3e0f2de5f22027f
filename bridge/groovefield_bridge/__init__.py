"""What the plugin and the model process share: one memory layout, its two sides, the server loop."""
