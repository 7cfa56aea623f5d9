"""How often something may be tried: counted across processes."""
