"""Proofs: the whole path under kills, judged by the venue's own ledger."""
