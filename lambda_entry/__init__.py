"""The cloud's entrypoints: each runs one of the house's handlers and nothing of its own."""
