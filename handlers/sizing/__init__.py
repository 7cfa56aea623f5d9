"""How much: quantities against a real position, in an instrument's steps; pure."""
