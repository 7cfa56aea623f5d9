"""The table of where each alert ended: a row for each form and start, a column for each venue."""

from __future__ import annotations

from tests.contract.broker_adapters.reversals.forms import FORMS, STARTS

IMPOSSIBLE = "cannot be held"

_ended: dict[tuple[str, str, str], str] = {}


def note(venue: str, form: str, start: str, ended: str) -> None:
    """Remember where an alert ended, in lots."""
    _ended[venue, form, start] = ended


def text(venues: tuple[str, ...]) -> str:
    """Return the table, with a dash where nothing was run; empty if nothing was at all."""
    if not _ended:
        return ""
    head = ["| alert | from | " + " | ".join(venues) + " |", "|---|---|" + "---|" * len(venues)]
    rows = [
        f"| {form} | {start} {abs(lots) or ''} | ".replace("  |", " |")
        + " | ".join(_ended.get((venue, form, start), "-") for venue in venues)
        + " |"
        for form in FORMS
        for start, lots in STARTS.items()
    ]
    return "\n".join([*head, *rows, ""])
