"""Secrets at rest: broker credentials sealed for workers alone, small secrets of the edge."""
