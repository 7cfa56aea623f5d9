"""One file a command: `run(arguments, environment)` returns the exit code."""
