"""The syntax of Czech codes, of payments (SPAYD), invoices and registered sales: ``KEY:value`` between asterisks."""

from __future__ import annotations

import re
from collections.abc import Mapping

PAIR = re.compile(r"(?P<key>[A-Z0-9-]{1,20}):(?P<value>[^*]*)")
MAX_PAIRS = 64


def read_fields(text: str) -> Mapping[str, str] | None:
    """Return the values by their keys, without blanks around them; ``None`` if there is anything but pairs.

    Percent codes stay. A key may be there only once.
    """
    matches = [PAIR.fullmatch(part) for part in text.removesuffix("*").split("*", MAX_PAIRS)]
    pairs = {match["key"]: match["value"].strip() for match in matches if match}
    return pairs if len(pairs) == len(matches) <= MAX_PAIRS else None
