"""The table of results: 24 points, a column for each venue."""

from __future__ import annotations

from collections import defaultdict

POINTS = {
    1: "accepts limit and market orders and each time in force",
    2: "decimals come back exact, no float on the wire",
    3: "rounds to the venue's steps, and only down",
    4: "gives each refusal one canonical reason",
    5: "dropped before it is read: not placed",
    6: "answer lost after acceptance: unknown, then found once",
    7: "accepted after nobody waits: unknown, then found once",
    8: "failure page after acceptance: unknown, then found once",
    9: "cut or unreadable answer after acceptance: never an exception",
    10: "writes an order once, whatever happens",
    11: "parts, then a cancel: what filled stays right",
    12: "each fill counts once, however it is heard of",
    13: "cancel of the filled, the unknown, the already cancelled",
    14: "a new session finds every state again, and duplicates nothing",
    15: "found though the venue hides or forgets by client id",
    16: "rate limit: provably not placed, cancels not starved",
    17: "clocks 90 s apart: measured, mended once",
    18: "refused credentials stop the session",
    19: "lost connection: comes back, tells of gaps, keeps its place",
    20: "flips, partial closes, refused flips",
    21: "what is done by hand is seen and left alone",
    22: "close twice, cancel in mid-send: usable, and unknown",
    23: "secrets are seen nowhere",
    24: "a thousand orders: memory and files stay flat",
}
_SIGNS = {"passed": "yes", "declared": "declared", "failed": "NO", "skipped": "skipped"}

_results: dict[tuple[int, str], list[str]] = defaultdict(list)
_reasons: dict[tuple[str, str], set[int]] = defaultdict(set)


def note(point: int, venue: str, outcome: str, declared: list[str]) -> None:
    """Remember what one test of a point came to."""
    _results[point, venue].append(outcome)
    for why in declared:
        _reasons[venue, why].add(point)


def text(venues: tuple[str, ...]) -> str:
    """Return the table, with a dash where nothing was run; empty if nothing was at all."""
    if not _results:
        return ""
    head = ["| | point | " + " | ".join(venues) + " |", "|---|---|" + "---|" * len(venues)]
    rows = [
        f"| {point} | {words} | " + " | ".join(_cell(point, each) for each in venues) + " |"
        for point, words in POINTS.items()
    ]
    notes = [
        f"- {venue} lacks {why} (points {', '.join(map(str, sorted(points)))})"
        for (venue, why), points in sorted(_reasons.items())
    ]
    return "\n".join([*head, *rows, "", "Declared:", *notes, ""])


def _cell(point: int, venue: str) -> str:
    """Return how many tests came to what; one that failed or was skipped is all that counts."""
    outcomes = _results.get((point, venue))
    if not outcomes:
        return "-"
    bad = next((each for each in ("failed", "skipped") if each in outcomes), None)
    if bad is not None:
        return _SIGNS[bad]
    kinds = [kind for kind in ("passed", "declared") if kind in outcomes]
    return ", ".join(f"{_SIGNS[kind]} ({outcomes.count(kind)})" for kind in kinds)
