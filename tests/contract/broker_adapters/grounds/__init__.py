"""The venues that the 24 points are asked of, each with its own side in a test's hands."""
