"""A proxy in front of a server: calls go through untouched, and what breaks the contract is told."""
