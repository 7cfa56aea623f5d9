"""What a process keeps between requests; none of it holds a truth."""
