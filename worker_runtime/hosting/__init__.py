"""The worker host: the warm process that forks workers, and the one that speaks for it."""
