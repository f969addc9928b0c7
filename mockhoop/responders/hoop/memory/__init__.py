"""What the gateway only remembers, and with what that begins."""
