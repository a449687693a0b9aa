"""Makes the keys by which records of the same person are found, and fills them for those already there."""

import sqlalchemy as sa
from alembic import op

from kasane_intake.domain.same_person.traits import PersonTraits, stored_keys

revision = "i0002"
down_revision = "i0001"
branch_labels = None
depends_on = None

PER_STEP = 500


def upgrade() -> None:
    keys = op.create_table(
        "intake_person_key",
        sa.Column("person_id", sa.String(36), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
    )
    op.create_index("intake_person_key_key", "intake_person_key", ["key", "person_id"])
    person = sa.table(
        "intake_person_concerned",
        *(sa.column(name, sa.Text) for name in ("id", "name", "kana", "address", "phone")),
        sa.column("birth_date", sa.Date),
    )
    last = ""
    while rows := (
        op.get_bind()
        .execute(sa.select(person).where(person.c.id > last).order_by(person.c.id).limit(PER_STEP))
        .all()
    ):
        filled = [
            {"person_id": row.id, "key": key}
            for row in rows
            for key in stored_keys(
                PersonTraits(row.name, row.kana, row.birth_date, row.address, row.phone)
            )
        ]
        if filled:
            op.bulk_insert(keys, filled)
        last = rows[-1].id
