"""Scenarios held against a contract, and played to their end, before anybody relies on them."""
