"""The order's life at a venue: frozen, claimed, sent once, settled."""
