"""The links of a survey's mail: signed, so that nobody can guess one or answer for somebody else."""

from __future__ import annotations

from typing import Final

from django.core import signing
from django.utils.translation import gettext as _

from deskwright.desk.errors import NotFound

SALT: Final = "survey"
RATINGS: Final = (1, 2, 3, 4, 5)


def token(survey: int) -> str:
    """What stands for the survey in its links."""
    return signing.dumps(survey, salt=SALT)


def survey_of(text: str) -> int:
    """The survey's number. Raises NotFound for a text that this desk has not signed."""
    try:
        return int(signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        raise NotFound(_("This link is not complete. Please open it from the mail again.")) from None


def url(survey: int, rating: int, site: str) -> str:
    """The address below `site` that opens the survey's page with a rating chosen; it records nothing."""
    return f"{site}/help/rate/{token(survey)}?rating={rating}"
