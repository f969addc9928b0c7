"""A Hoop gateway that runs on a laptop and in CI."""

__version__ = "0.1.0"

__all__ = ["__version__"]
