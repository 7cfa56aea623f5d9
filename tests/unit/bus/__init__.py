"""Tests of the bus, one module at a time."""
