"""Whole lives of workers in simulated time: the same seed gives the same run, to the event."""
