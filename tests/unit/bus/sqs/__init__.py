"""Tests of the post on SQS."""
