"""Loads what every test run needs before any test is collected: the network stays off."""

pytest_plugins = ["tests.plugins.loopback"]
