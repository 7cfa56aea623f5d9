"""Who comes in: keys, sessions, and what a foreign page or a slow caller may not do."""
