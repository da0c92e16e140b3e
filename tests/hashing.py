"""Passwords of tests are stretched little: guessing them is nobody's business, and a real stretch takes a quarter of a
second of CPU, at each agent that is made and each who signs in.
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth.hashers import PBKDF2PasswordHasher

ROUNDS: Final = 2_000


def stretch_little() -> None:
    """For the whole process, and for every process that reads its passwords: to one that stretches more, these are out
    of date, and it stretches them again at the next sign-in.
    """
    PBKDF2PasswordHasher.iterations = ROUNDS
