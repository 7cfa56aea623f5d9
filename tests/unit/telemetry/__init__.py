"""Telemetry alone: no server, no network."""
