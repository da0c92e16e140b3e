"""What happened, decided again: replays the log, purely. Knows the engine; no Django, no store, no network."""
