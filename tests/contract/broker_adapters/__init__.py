"""One suite for every venue that can be traded at: what an adapter promises to the house."""
