"""The sessions of the world ``work``, by what is special about them."""

_ID = "00000000-0000-4000-8000-0000000000"

RAN = f"{_ID}01"
"""John's script on pgdemo: two lines of output, three values masked."""
PENDING, REVIEW = f"{_ID}02", f"{_ID}0a"
"""Erin's script on pg-payments, which dba and sre must approve; its review."""
APPROVED = f"{_ID}03"
LIVE = f"{_ID}04"
"""Erin is connected to shell."""
QUERIES = f"{_ID}05"
"""John was connected to pgdemo and sent ``SELECT 1`` in postgres' protocol."""
RUNBOOK = f"{_ID}06"
"""A runbook with a parameter, for the issue OPS-12."""
BLOCKED = f"{_ID}07"
REJECTED = f"{_ID}08"
BATCH = (f"{_ID}09", f"{_ID}10")
"""Two of the batch ``nightly``, which are also the workflow ``deploy-7``."""
IN_A_WINDOW = f"{_ID}11"
ALL = 11 + 30
EACH = {
    "ran": RAN,
    "pending": PENDING,
    "approved": APPROVED,
    "live": LIVE,
    "queries": QUERIES,
    "runbook": RUNBOOK,
    "blocked": BLOCKED,
    "rejected": REJECTED,
    "batch": BATCH[0],
    "in a window": IN_A_WINDOW,
}
"""A session of each kind, by what it is."""
