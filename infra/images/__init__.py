"""The container images; the code in here runs inside them."""
