"""What has to be true after every step."""

import sys
from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis.stateful import invariant
from sqlalchemy import select

from kasane_cases import queries, tables
from kasane_cases.domain.errors import CasesRefusal
from kasane_kit import clock
from kasane_kit.auth import Actor
from tests.stateful.browsing import Browsing
from tests.stateful.model import (
    PREPARING,
    Home,
    Line,
    Meeting,
)

# What is wrong stays wrong for a while, so a look after every second step finds it.
LOOK_EVERY = 2
PAGES_EVERY = 8


class Looking(Browsing):
    """Who reads what, and what stays written."""

    def teardown(self) -> None:
        try:
            # After a finding the model no longer says what is true.
            if sys.exc_info()[0] is None:
                self.looks_at_everything()
        finally:
            self.stack.close()
            self.town.end()

    def looks_at_everything(self) -> None:
        """Two people, others in every play, read all that there is; the first opens pages."""
        turn = next(self.plays)
        for place in range(2):
            viewer = self.viewers[(turn + 2 * place) % len(self.viewers)]
            self.turn = 0
            self.looks(viewer, self.known.homes.values(), self.known.meetings.values())
            if self.with_pages and not place:
                # Plays are of one length, so their own number says whose turn and which pages it is.
                self.opens_next_pages(viewer, Random(turn), turn // len(self.viewers))
        self.other_town_knows_nothing()

    @invariant()
    def nothing_is_told_without_a_basis_and_nothing_told_is_lost(self) -> None:
        self.at += timedelta(seconds=1)
        with self.town.reading() as connection:
            for name, kept in self.kept.items():
                found = connection.execute(select(getattr(tables, name)))
                rows = {row.id: row for row in found}
                for row_id, before in kept.items():
                    self.must(
                        row_id in rows and tuple(rows[row_id]) == before,
                        f"I-08: a line of {name} was changed or lost",
                    )
                new = [row for row_id, row in rows.items() if row_id not in kept]
                if name == "disclosure":
                    for row in new:
                        self.has_a_basis(row)
                kept |= {row.id: tuple(row) for row in new}

    def has_a_basis(self, row: Any) -> None:
        wrong = self.known.has_basis(
            Line(
                row.case_id,
                row.person_id,
                row.destination,
                row.recipient,
                row.recipient_code,
                row.act,
                row.reference,
                row.purpose,
                frozenset(row.data_classes),
                frozenset(row.closed_classes),
                row.basis,
                row.basis_reference,
            )
        )
        self.must(not wrong, f"{wrong} ({row.act}: {row.person_id} to {row.destination})")
        self.done[f"told:{row.basis}"] += 1

    @invariant()
    def nobody_sees_what_they_may_not(self) -> None:
        self.turn += 1
        if self.known.homes and self.turn % LOOK_EVERY == 0:
            draw = Random(self.turn)
            viewer = draw.choice(self.viewers)
            homes = [draw.choice(list(self.known.homes.values()))]
            meetings = list(self.known.meetings.values())
            self.looks(viewer, homes, draw.sample(meetings, min(1, len(meetings))))
            if self.with_pages and self.turn % PAGES_EVERY == 0:
                self.opens_pages(viewer, draw, 1)

    def looks(self, viewer: Actor, homes: Iterable[Home], meetings: Iterable[Meeting]) -> None:
        """Reads as one person, and finds nothing that this person may not know."""
        known, account = self.known, viewer.account_id
        with self.town.reading() as connection:
            for home in homes:
                try:
                    found = queries.case_file(connection, viewer, home.id, clock.today())
                except CasesRefusal:
                    continue
                for person in found.persons:
                    self.must(
                        known.may_read_person(account, home.id, person.id),
                        f"I-01, I-03, I-07: {account} reads of {person.id} in a case",
                    )
                self.reads(viewer, repr(found), "a case")
                self.done["looked at a case"] += 1
            if self.turn % 5 == 0:
                lines = queries.case_lines(connection, viewer, clock.today())
                self.reads(viewer, repr(lines), "the list")
                self.names(viewer, repr(lines), "the list", {})
            for meeting in meetings:
                self.looks_at(viewer, meeting, connection)

    def looks_at(self, viewer: Actor, meeting: Meeting, connection: Any) -> None:
        known, account = self.known, viewer.account_id
        for read in (queries.session_file, queries.own_pack):
            try:
                found = read(connection, viewer, meeting.id)
            except CasesRefusal:
                continue
            shown = (
                [one.item for one in found.dossiers]
                if isinstance(found, queries.Pack)
                else found.session.items
            )
            for item in shown:
                matter = next(one for one in meeting.matters if one.id == item.id)
                named = (
                    bool(item.person_id)
                    if not isinstance(found, queries.Pack)
                    else any(one.person is not None for one in found.dossiers if one.item is item)
                )
                self.must(
                    not named
                    or account in known.leads
                    or (
                        (meeting.state != PREPARING or isinstance(found, queries.Pack))
                        and meeting.heard_by(matter, account) is not None
                    ),
                    f"I-03: {account} sees whose matter it is",
                )
            self.reads(viewer, repr(found), "a session")
            self.done["looked at a session"] += 1

    def reads(self, viewer: Actor, shown: str, where: str) -> None:
        """Finds in what is shown no word and no address that the viewer may not read."""
        account = viewer.account_id
        if "事実「" in shown:
            for word, (meeting, matter) in self.words.items():
                if word in shown:
                    self.must(
                        self.known.may_read_words(account, meeting, matter),
                        f"I-04: {account} reads in {where} what was told at a {matter.kind}",
                    )
        if "住所「" in shown:
            for person in self.known.folk:
                if f"住所「{person}」" in shown:
                    self.must(
                        where != "the list" and self.known.may_read_address(account, person),
                        f"I-10: {account} reads the protected address of {person} in {where}",
                    )

    def other_town_knows_nothing(self) -> None:
        """Nobody but who was handed over and accepted is in the other town's database (I-09)."""
        there = self.town.everything_there()
        for person in self.known.folk:
            self.must(
                person in self.moved or f"「{person}」" not in there,
                f"I-09: the other town holds {person}",
            )
        self.must("事実「" not in there, "I-04: words of a session went to another town")
