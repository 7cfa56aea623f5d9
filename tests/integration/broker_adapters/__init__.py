"""Brokers with their real parts around them, some of them being killed."""
