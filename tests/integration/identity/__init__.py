"""The door over a real record and a real Valkey."""
