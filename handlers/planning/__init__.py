"""What an alert asks of whom: a signal and its strategy in, orders or a refusal out; pure."""
