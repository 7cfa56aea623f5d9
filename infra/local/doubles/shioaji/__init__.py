"""SinoPac as its SDK shows it, in Python: the client's calls and callbacks over a ledger.

Nothing of it speaks to SinoPac. Orders, enums and errors are the installed SDK's own.
"""
