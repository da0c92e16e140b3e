"""What a workflow might do better: changes that are tried, and what its history says of its parts. Pure."""
