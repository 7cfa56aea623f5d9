"""The forms other bridges' alerts take: each turns its body into a reading of the same fields."""
