"""The engine decides, and only decides: pure functions over frozen values.

It imports the standard library, the YAML parser and the regular-expression library, nothing else. `now`, loads and
calendars reach it as values; what should happen leaves it as effects.
"""
