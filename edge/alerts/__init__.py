"""The way of an alert, from its request to its reply."""
