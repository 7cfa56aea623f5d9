"""Venues to be tested against: real inside, and as unpleasant outside as one asks for."""
