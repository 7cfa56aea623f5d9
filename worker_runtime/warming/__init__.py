"""What is done before a fork, so that a worker is ready soon and small."""
