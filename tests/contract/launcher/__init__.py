"""What every way to start workers promises."""
