"""Exchanges in files: what a server, a proxy or a recording said and was told, one line each."""
