"""Brokers, piece by piece."""
