"""Customers and organisations: who they are, how they are reached, which of them are one and the same."""
