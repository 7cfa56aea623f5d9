"""Budgets of every hop, measured as ratios within one run; may import anything."""
