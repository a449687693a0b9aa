"""Takes replies from people without an account, by the code of their letter; nothing is read back."""

import hashlib
import json
from datetime import timedelta

from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_outreach.commands.campaigns import SendReply
from kasane_outreach.domain.campaign_errors import TooManyTries, UnknownCode
from kasane_outreach.domain.campaign_run import CampaignStage
from kasane_outreach.domain.survey import digest_of_code, refusal_digest
from kasane_outreach.handlers.campaigns import CODES, REPLIES, TARGET, place_of_reply
from kasane_outreach.repository.campaigns import (
    CampaignRuns,
    LetterRefusals,
    ReplyCounts,
    SurveyTargets,
)

# In an hour: what one address may try, and what may be tried in a town.
TRIED_PER_ADDRESS = 20
TRIED_PER_TOWN = 400


def count_try(address: str, uow: UnitOfWork) -> None:
    """Counts a try before its code is looked at. Raises TooManyTries; the caller commits nothing else."""
    now = clock.now()
    until = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    counts = ReplyCounts(uow.connection)
    for whose, most in ((address, TRIED_PER_ADDRESS), ("town", TRIED_PER_TOWN)):
        text = f"{whose}|{until.isoformat()}".encode()
        bucket = hashlib.blake2b(text, key=uow.key(CODES), digest_size=24).hexdigest()
        if counts.add(bucket, until, now) > most:
            uow.record("outreach.survey_reply.refused", TARGET, "list")
            uow.commit()
            raise TooManyTries
    uow.record("outreach.survey_reply.tried", TARGET, "list")
    uow.commit()


def send_reply(command: SendReply, uow: UnitOfWork) -> None:
    """Keeps a reply, sealed; a later one takes its place until somebody read it.

    Raises UnknownCode and AlreadyTriaged.
    """
    targets = SurveyTargets(uow.connection)
    target = targets.by_digest(digest_of_code(uow.key(CODES), command.code))
    if target is None or target.sent_on is None:
        raise UnknownCode
    if CampaignRuns(uow.connection).get(target.run_id).stage is not CampaignStage.RUNNING:
        raise UnknownCode
    target.reply(clock.now(), no_letters=command.no_letters)
    refusals = LetterRefusals(uow.connection)
    mark = refusal_digest(uow.key(CODES), target.name, target.address)
    if command.no_letters:
        refusals.keep(mark, clock.today())
    else:
        refusals.take_back(mark)
    content = json.dumps(dict(command.answers), ensure_ascii=False).encode()
    targets.save(target, uow.seal(REPLIES, content, place_of_reply(target.id)))
    uow.record("outreach.survey_reply.received", TARGET, target.id)
    uow.commit()
