"""The shape of the house: imports, sizes, names, files."""
