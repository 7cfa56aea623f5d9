"""Tests of the post in memory."""
