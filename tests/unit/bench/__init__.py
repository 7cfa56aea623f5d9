"""Tests of bench: how it measures, compares and tells."""
