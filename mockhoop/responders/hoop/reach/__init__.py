"""What can be reached, and what hangs on it."""
