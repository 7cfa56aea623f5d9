"""People at the door: passwords, codes, attempts."""
