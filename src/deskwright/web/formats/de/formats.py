MOMENT_SHORT = "j. M H:i"
MOMENT_FULL = "j. M Y, H:i"
MOMENT_DAY = "j. M Y"
