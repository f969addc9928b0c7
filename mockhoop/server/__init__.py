"""The HTTP side: aiohttp's server lives here and nowhere else."""
