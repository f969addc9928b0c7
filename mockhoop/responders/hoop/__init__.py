"""The operations that behave as the Hoop gateway does."""
