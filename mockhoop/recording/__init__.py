"""Exchanges with a real server made into a scenario that answers the same calls the same way."""
