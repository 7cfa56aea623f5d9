"""What we compare with: the least that the same work could cost."""
