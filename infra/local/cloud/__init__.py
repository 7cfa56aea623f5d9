"""The cloud's infrastructure seen from here: what it is told, and how it is checked and applied."""
