"""What the gateway tells of itself, and of what was done."""
