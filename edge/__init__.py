"""The house's door: webhooks, the API, the live stream."""
