"""Makes the keys of the same person anew: the folding of names now leaves nothing to fold."""

import sqlalchemy as sa
from alembic import op

from kasane_intake.domain.same_person.traits import PersonTraits, stored_keys

revision = "i0003"
down_revision = "i0002"
branch_labels = None
depends_on = None

PER_STEP = 500


def upgrade() -> None:
    keys = sa.table(
        "intake_person_key", sa.column("person_id", sa.String), sa.column("key", sa.String)
    )
    op.execute(sa.delete(keys))
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
