MOMENT_SHORT = "j M H:i"
MOMENT_FULL = "j M Y à H:i"
MOMENT_DAY = "j M Y"
