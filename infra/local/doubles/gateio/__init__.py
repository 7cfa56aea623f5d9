"""Gate over real HTTP, for tests and for `fourpass up --with-doubles`: no money, and no mercy.

It checks signatures over the raw bytes, forgets client ids as Gate does, keeps a ledger of its own,
counts how often each order was written, and breaks where it is told to.
"""
