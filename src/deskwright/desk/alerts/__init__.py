"""Alerts of monitoring: where they come from, and the one ticket for each trouble."""
