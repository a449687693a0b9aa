"""A town that is being moved does not say that a transfer is under way which was never kept."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kasane_cases import tables
from kasane_cases.domain import errors
from kasane_kit.db import is_closed
from tests.support.closed_town import closed

MOTHER, SON = "person-mother", "person-son"


def test_a_transfer_is_refused_by_the_barrier_and_prepared_after(moving):
    case_id = moving.both_consent()
    bench = moving.here.bench
    with closed(bench), pytest.raises(IntegrityError) as refusal:
        moving.prepared(case_id, MOTHER, SON)
    with bench.reading() as connection:
        kept = connection.scalar(select(func.count()).select_from(tables.transfer))
    assert (is_closed(refusal.value), kept) == (True, 0)

    moving.prepared(case_id, MOTHER, SON)

    with pytest.raises(errors.TransferUnderWay):
        moving.prepared(case_id, MOTHER)
