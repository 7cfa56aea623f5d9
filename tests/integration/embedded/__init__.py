"""The embedded PostgreSQL and Valkey as real processes, killed and started again."""
