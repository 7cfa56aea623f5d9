"""Attacks on the whole edge, each as a test: what strangers and other users try."""
