"""A server, ours or a real gateway, held against what scenarios expect and against its contract."""
