"""What is wrong, and where."""

import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something the user has to mend; ``row`` counts as the spreadsheet shows it."""

    file: str
    sheet: str
    row: int
    column: str
    text: str


def suggest(text, names):
    """Return “ Did you mean ...?” with the nearest of some names, or nothing."""
    folded = {str(name).casefold(): name for name in names}
    near = difflib.get_close_matches(str(text).casefold(), folded, n=1, cutoff=0.6)
    return f" Did you mean “{folded[near[0]]}”?" if near else ""
