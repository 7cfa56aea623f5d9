"""Launchers, each alone."""
