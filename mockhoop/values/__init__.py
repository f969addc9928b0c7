"""Seeded chance, and plausible values made with it."""
