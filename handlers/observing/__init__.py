"""What the record tells of the way that orders took: traces, measures and a census.

Everything here reads what was written down anyway, from a process of its own: no order's way is
longer because somebody watches it.
"""
