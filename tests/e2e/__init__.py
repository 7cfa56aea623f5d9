"""The local profile as its user has it: one command, real alerts, real servers."""
