"""Who runs, and who looks after orders: what the control plane does."""
