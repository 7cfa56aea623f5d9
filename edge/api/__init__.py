"""The REST API: one file a subject, each a few thin handlers over the store and the bus."""
