"""Mail: letters, and where they go."""
