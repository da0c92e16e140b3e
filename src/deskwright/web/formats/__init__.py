"""How each language writes moments: MOMENT_SHORT, MOMENT_FULL, MOMENT_DAY, in the letters of Django's date filter."""
