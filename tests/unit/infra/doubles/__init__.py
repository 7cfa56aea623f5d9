"""The doubles, piece by piece."""
