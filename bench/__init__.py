"""Budgets of every hop, measured as ratios within one run; imports anything, is imported by none."""
