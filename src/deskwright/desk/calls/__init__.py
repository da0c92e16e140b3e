"""Calls: what becomes of each, whatever order its events come in, and what agents do with it."""
