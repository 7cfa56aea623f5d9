"""The paper venue, piece by piece."""
