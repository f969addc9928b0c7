"""People and programs that use the gateway."""
