"""Every way an alert can move a position, from flat, long and short, at every venue."""
