"""What the house does: rules, use cases, and the record; importing it loads nothing."""
