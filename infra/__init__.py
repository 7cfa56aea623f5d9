"""Where 4pass runs: on one machine (`infra.local`) or at a cloud provider."""
