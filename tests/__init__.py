"""A package, so that no `tests` that some library installs is taken for it."""
