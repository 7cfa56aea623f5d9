"""SinoPac's rooms, one by one."""
