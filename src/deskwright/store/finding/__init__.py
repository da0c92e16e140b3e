"""Finding tickets by what somebody types: operators, words, phrases. Reads only."""
