"""The paper venue: a small real venue with its own rules, its own ledger and its own prices.

A market belongs to one owner: prices set by one user, by tick or by alert, never move another's
orders, and all accounts of one owner see the same prices.
"""
