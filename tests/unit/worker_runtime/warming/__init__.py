"""What is done before the first fork."""
