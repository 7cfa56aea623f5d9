"""Tests of what the bench compares: every side does the work that it is measured for."""
