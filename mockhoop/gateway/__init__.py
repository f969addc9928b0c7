"""Hoop's rules as pure functions on plain records: no I/O, no await, no HTTP library."""
