"""One worker process a user, and the host that forks them."""
