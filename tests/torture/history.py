"""Whether the history of every piece is one that a piece can have, in plain SQL."""

# What each event does to a piece: from one of these states into another. A visitor who
# claims what is held for them leaves the piece held until the same moment.
MOVES = {
    "in": ({""}, "available"),
    "held": ({"available"}, "held"),
    "offered": ({"available"}, "held"),
    "reserved": ({"available"}, "held"),
    "renewed": ({"held"}, "held"),
    "extended": ({"held"}, "held"),
    "lapsed": ({"held"}, "available"),
    "released": ({"held"}, "available"),
    "ordered": ({"available", "held"}, "ordered"),
    "cancelled": ({"ordered"}, "available"),
    "sold": ({"ordered"}, "sold"),
    "withdrawn": ({"available"}, "withdrawn"),
    "returned": ({"withdrawn"}, "available"),
}
STATES = ", ".join(f"('{kind}', '{after}')" for kind, (_, after) in MOVES.items())
ALLOWED = ", ".join(f"('{b}', '{kind}')" for kind, (before, _) in MOVES.items() for b in before)
IMPOSSIBLE = f"""
    WITH state (kind, after) AS (VALUES {STATES}), allowed (before, kind) AS (VALUES {ALLOWED}),
    told AS (
        SELECT piece_id, kind, until, after,
            lag(after, 1, '') OVER one AS before, lag(until) OVER one AS before_until
        FROM store_pieceevent JOIN state USING (kind)
        WINDOW one AS (PARTITION BY piece_id ORDER BY id))
    SELECT count(*) FROM told WHERE (before, kind) NOT IN (SELECT before, kind FROM allowed)
        AND NOT (kind = 'held' AND before = 'held' AND until = before_until)"""  # noqa: S608
ENDS_ELSEWHERE = f"""
    WITH state (kind, after) AS (VALUES {STATES}), told AS (
        SELECT DISTINCT ON (piece_id) piece_id, after
        FROM store_pieceevent JOIN state USING (kind) ORDER BY piece_id, id DESC)
    SELECT count(*) FROM store_piece LEFT JOIN told ON told.piece_id = store_piece.id
    WHERE after IS DISTINCT FROM CASE
        WHEN sold_at IS NOT NULL THEN 'sold' WHEN order_id IS NOT NULL THEN 'ordered'
        WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN held_by IS NOT NULL THEN 'held'
        ELSE 'available' END"""  # noqa: S608
