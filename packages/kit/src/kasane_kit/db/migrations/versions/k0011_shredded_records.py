"""Remembers which records were destroyed, and lets a service blank what its own events say of them."""

import sqlalchemy as sa
from alembic import op

revision = "k0011"
down_revision = "k0010"
branch_labels = None
depends_on = None

# The log stays append-only for the service's login: of an event it changes only what it says, never its place, its
# number, its ids or which fields it has.
_BLANK_EVENT = """
CREATE FUNCTION blank_event(of_epoch text, of_sequence bigint, fresh text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    old jsonb;
BEGIN
    SELECT body::jsonb INTO old FROM {schema}.event_log
    WHERE epoch = of_epoch AND sequence = of_sequence FOR UPDATE;
    IF old IS NULL THEN
        RETURN false;
    END IF;
    IF old - 'data' <> fresh::jsonb - 'data' OR
       (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(old -> 'data') k) IS DISTINCT FROM
       (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(fresh::jsonb -> 'data') k) THEN
        RAISE EXCEPTION 'only what an event says can be blanked; nothing was changed';
    END IF;
    UPDATE {schema}.event_log SET body = fresh WHERE epoch = of_epoch AND sequence = of_sequence;
    RETURN true;
END
$$
"""

_OTHER_COLUMNS = ("epoch", "sequence", "event_id", "type")
_BESIDE_WHAT_IT_SAYS = """(
SELECT json_group_array(json_array(key, type, value)) FROM
(SELECT key, type, value FROM json_each({row}.body) WHERE key <> 'data' ORDER BY key))"""
_NAMES_OF_FIELDS = """(
SELECT json_group_array(key) FROM (SELECT key FROM json_each({row}.body, '$.data') ORDER BY key))"""


def _guard_of_sqlite() -> str:
    """The same on SQLite, which has no rights: a trigger refuses every other change of the log."""
    differs = [
        *(f"NEW.{name} IS NOT OLD.{name}" for name in _OTHER_COLUMNS),
        *(
            f"{said.format(row='NEW')} IS NOT {said.format(row='OLD')}"
            for said in (_BESIDE_WHAT_IT_SAYS, _NAMES_OF_FIELDS)
        ),
    ]
    return (
        "CREATE TRIGGER event_log_keeps_update BEFORE UPDATE ON event_log "
        f"WHEN {' OR '.join(differs)} BEGIN SELECT RAISE(ABORT, 'event_log is append-only'); END"
    )


def upgrade() -> None:
    op.create_table(
        "shredded_record",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("shredding_id", sa.String(36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True)),
    )
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        quote = connection.dialect.identifier_preparer.quote
        schema = quote(str(connection.scalar(sa.text("SELECT current_schema()"))))
        op.execute(_BLANK_EVENT.format(schema=schema))
        op.execute("REVOKE ALL ON FUNCTION blank_event(text, bigint, text) FROM PUBLIC")
    else:
        op.execute("DROP TRIGGER event_log_keeps_update")
        op.execute(_guard_of_sqlite())
