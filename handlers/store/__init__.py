"""The record: ports in `base`, adapters `memory` and `postgres`, opened by `open`."""
