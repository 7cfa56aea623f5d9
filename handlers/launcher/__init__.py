"""Starting and stopping worker processes: the port in `base`, adapters beside it."""
