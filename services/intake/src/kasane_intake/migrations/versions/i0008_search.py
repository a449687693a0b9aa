"""Makes what consultations are found by, in place of one folded text, and the indexes of who may see them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from kasane_intake.domain.consultation import ContactPerson, PersonConcerned
from kasane_intake.domain.same_person.traits import PersonTraits, stored_keys
from kasane_intake.domain.search import Findable, grams_of, terms_of, text_of

revision = "i0008"
down_revision = "i0007"
branch_labels = None
depends_on = None
contract = (
    "search_text was the first search; the release that found by it was before every installation"
)

PER_STEP = 200
TERM = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
GRAMS = sa.Text().with_variant(ARRAY(sa.Text), "postgresql")


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    terms = op.create_table(
        "intake_search_term",
        sa.Column("term", TERM, primary_key=True),
        sa.Column("consultation_id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
    )
    texts = op.create_table(
        "intake_search_text",
        sa.Column("consultation_id", sa.String(36), primary_key=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("grams", GRAMS),
    )
    _fill(terms, texts, postgresql)
    op.create_index("intake_search_term_of", "intake_search_term", ["consultation_id"])
    op.create_index(
        "intake_search_text_newest", "intake_search_text", ["received_at", "consultation_id"]
    )
    if postgresql:
        op.create_index(
            "intake_search_text_grams", "intake_search_text", ["grams"], postgresql_using="gin"
        )
    op.drop_column("intake_consultation", "search_text")
    op.create_index(
        "intake_consultation_desk", "intake_consultation", ["desk", "received_at", "id"]
    )
    op.create_index(
        "intake_consultation_role", "intake_consultation", ["target_role", "received_at", "id"]
    )
    op.create_index("intake_consultation_by", "intake_consultation", ["received_by"])


def _fill(terms: sa.Table, texts: sa.Table, postgresql: bool) -> None:
    """Also renews the keys of the same person, to which those of a shared home were added."""
    keys = sa.table("intake_person_key", sa.column("person_id"), sa.column("key"))
    op.execute(sa.delete(keys))
    consultation = sa.table(
        "intake_consultation",
        *(sa.column(n, sa.Text) for n in ("id", "number", "story")),
        *(sa.column(f"contact_{n}", sa.Text) for n in ("name", "kana", "phone")),
        sa.column("contact_hidden", sa.Boolean),
        sa.column("received_at", sa.DateTime(timezone=True)),
    )
    person = sa.table(
        "intake_person_concerned",
        *(sa.column(n, sa.Text) for n in ("id", "consultation_id", "name", "kana", "phone")),
        *(sa.column(n, sa.Text) for n in ("address", "description")),
        sa.column("birth_date", sa.Date),
    )
    bind, last = op.get_bind(), ""
    while rows := bind.execute(
        sa.select(consultation)
        .where(consultation.c.id > last)
        .order_by(consultation.c.id)
        .limit(PER_STEP)
    ).all():
        people: dict[str, list[PersonConcerned]] = {row.id: [] for row in rows}
        for p in bind.execute(sa.select(person).where(person.c.consultation_id.in_(people))):
            one = PersonConcerned(
                p.id,
                p.name,
                p.kana,
                p.birth_date,
                address=p.address,
                phone=p.phone,
                description=p.description,
            )
            people[p.consultation_id].append(one)
        for row in rows:
            contact = ContactPerson(
                row.contact_name, row.contact_kana, "", row.contact_phone, row.contact_hidden
            )
            found = Findable(
                row.number,
                tuple(people[row.id]),
                contact.outside_the_desk,
                contact.taken_out_of(row.story),
            )
            text = text_of(found)
            op.bulk_insert(
                terms,
                [
                    {"term": term, "kind": kind.value, "consultation_id": row.id}
                    for kind, term in terms_of(found)
                ],
            )
            op.bulk_insert(
                texts,
                [
                    {
                        "consultation_id": row.id,
                        "received_at": row.received_at,
                        "text": text,
                        "grams": list(grams_of(text)) if postgresql else None,
                    }
                ],
            )
            op.bulk_insert(
                keys,
                [
                    {"person_id": one.person_id, "key": key}
                    for one in people[row.id]
                    for key in stored_keys(
                        PersonTraits(one.name, one.kana, one.birth_date, one.address, one.phone)
                    )
                ],
            )
        last = rows[-1].id
