"""What an unquoted word means: true, false, null, a number, or just itself. Dates, yes, no and on stay words."""

from __future__ import annotations

import math
import re
from typing import Any, Final

_WORDS: Final[dict[str, tuple[str, Any]]] = {
    **dict.fromkeys(("true", "True", "TRUE"), ("boolean", True)),
    **dict.fromkeys(("false", "False", "FALSE"), ("boolean", False)),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), ("nothing", None)),
}
_WHOLE: Final = re.compile(r"[-+]?\d{1,15}")
_DECIMAL: Final = re.compile(r"[-+]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15}|\d{1,15}(?:\.\d{0,15})?[eE][-+]?\d{1,3})")


def resolve(written: str, *, plain: bool) -> tuple[str, Any]:
    """Kind and value of a scalar; a quoted one is always text."""
    if not plain:
        return "text", written
    if known := _WORDS.get(written):
        return known
    if written[0] in "+-.0123456789":
        if _WHOLE.fullmatch(written):
            return "number", int(written)
        if _DECIMAL.fullmatch(written) and math.isfinite(value := float(written)):
            return "number", value
    return "text", written
