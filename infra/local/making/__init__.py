"""What `make` runs: set-up, checks, the dashboard's build, locks."""
