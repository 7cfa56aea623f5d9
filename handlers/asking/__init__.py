"""Questions that only a user's worker can answer, and its replies."""
