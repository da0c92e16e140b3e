"""The demo desk: fictional people and conversations, and sixty days of work done by running the desk on simulated time.

Chance (seeded) lives here and nowhere else; nothing outside this package may need it to decide.
"""
