"""Tests of what the record is made of."""
