"""Event logs of any system: read, understood as a process, and simulated. Pure; no desk, no files, no clock."""
