"""Scenarios: YAML files that say what a world starts with."""
