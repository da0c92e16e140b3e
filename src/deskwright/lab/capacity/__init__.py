"""How much work comes and how many people it takes: forecast, back-test, need per interval. Arrays in, arrays out."""
