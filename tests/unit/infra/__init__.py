"""The local profile alone: what can be told without a server."""
