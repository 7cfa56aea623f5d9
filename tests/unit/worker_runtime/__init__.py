"""The worker's rooms, each alone and all together, on the memory bus and the memory record."""
