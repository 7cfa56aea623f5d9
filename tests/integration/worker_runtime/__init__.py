"""Workers and their host as real processes, on real servers."""
