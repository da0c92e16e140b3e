MOMENT_SHORT = "n月j日 H:i"
MOMENT_FULL = "Y年n月j日 H:i"
MOMENT_DAY = "Y年n月j日"
