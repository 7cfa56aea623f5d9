"""The local profile: everything that one machine needs, as supervised child processes."""
