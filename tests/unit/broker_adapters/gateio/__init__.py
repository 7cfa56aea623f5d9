"""Gate's rooms, one by one."""
