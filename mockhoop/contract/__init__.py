"""An OpenAPI document with its overlay of corrections, compiled once into operations."""
