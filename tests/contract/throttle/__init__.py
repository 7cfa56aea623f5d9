"""The throttle, in memory and on Valkey."""
