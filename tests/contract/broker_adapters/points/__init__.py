"""Twenty-four points, asked of every venue: what an adapter must do for money to be safe with it.

A venue is one line in `conftest.GROUNDS`. What it lacks is declared by its ground with the reason,
held against the adapter's `Capabilities`, and shown in the table of results; nothing is skipped.
"""
