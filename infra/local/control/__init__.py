"""The control plane on this machine: the five handlers, from queues and by the clock."""
