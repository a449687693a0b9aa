"""Handlers: the directory is written, imported and answered in one transaction each."""

from dataclasses import replace

import pytest

from kasane_contracts.cases import ReferralRequested
from kasane_contracts.resources import HumanServicePublished, ReferralAccepted, ReferralDeclined
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench
from kasane_resources import queries
from kasane_resources.commands import (
    AnswerReferral,
    ApplyImport,
    ChangeHumanService,
    ImportSample,
    PreviewImport,
    PublishHumanService,
)
from kasane_resources.domain.errors import (
    AlreadyAnswered,
    ChangedMeanwhile,
    EntryWrong,
    FileRefused,
    HumanServiceNotFound,
    ImportAlreadyApplied,
    ImportNotFound,
    ReasonMissing,
    ReferralNotFound,
    SourceUnknown,
)
from kasane_resources.domain.human_service import HumanServiceEntry, ServiceStatus, Visibility
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.handlers import (
    answer_referral,
    apply_import,
    change_human_service,
    import_sample,
    preview_import,
    publish_human_service,
)
from kasane_resources.queries import hsds as stored
from kasane_resources.queries.hsds import Asked

HEADER = "全国地方公共団体コード,ID,市区町村名,名称,住所,緯度,経度,開催曜日,運営団体名"
FIRST = "292095,1,生駒市,ひだまり食堂,生駒市東新町8-38,34.6919,135.7006,土,ひだまりの会"
SECOND = "292095,2,生駒市,あおぞら食堂,生駒市元町1-6,34.6933,135.6970,日,ひだまりの会"


def file_of(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows)).encode()


def publish(bench: Workbench, **values: object) -> str:
    with bench.unit(bench.staff("coordinator")) as uow:
        entry = HumanServiceEntry(**{"name": "ひだまり食堂", **values})
        return publish_human_service(PublishHumanService(new_id(), entry), uow, bench.hooks)


def preview(bench: Workbench, content: bytes, source: str = "open_data") -> str:
    with bench.unit(bench.staff("coordinator")) as uow:
        command = PreviewImport(new_id(), source, r"C:\表\kodomo.csv", content)
        return preview_import(command, uow, bench.hooks)


def apply(bench: Workbench, import_id: str) -> dict[str, int]:
    with bench.unit(bench.staff("coordinator")) as uow:
        return apply_import(ApplyImport(import_id), uow, bench.hooks).counts()


def directory(bench: Workbench, words: str = "", function: str = "coordinator") -> list[str]:
    with bench.reading() as connection:
        found = queries.human_services(connection, bench.staff(function), DirectorySearch(words))
        return [one.entry.name for one in found]


def test_a_published_human_service_is_read_back_whole_and_said(workbench: Workbench) -> None:
    service_id = publish(workbench, organization_name="ひだまりの会", categories=("place_to_be",))

    with workbench.reading() as connection:
        found = queries.human_service(connection, workbench.staff("coordinator"), service_id)
    assert found.entry == HumanServiceEntry(
        name="ひだまり食堂", organization_name="ひだまりの会", categories=("place_to_be",)
    )
    assert (found.version, found.hand_edited) == (1, False)
    assert workbench.said(HumanServicePublished) == [
        HumanServicePublished(service_id, "ひだまり食堂")
    ]


def test_a_wrong_entry_leaves_nothing_behind(workbench: Workbench) -> None:
    with pytest.raises(EntryWrong):
        publish(workbench, name="", organization_name="だれかの会")

    assert directory(workbench) == []
    assert workbench.said() == []
    with workbench.reading() as connection:
        assert stored.organizations(connection, workbench.staff("coordinator"), Asked()).items == []


def test_one_name_is_one_organization_in_any_spelling(workbench: Workbench) -> None:
    publish(workbench, organization_name="ＮＰＯ法人 ひだまりの会")
    publish(workbench, organization_name="NPO法人ひだまりの会")

    with workbench.reading() as connection:
        found = stored.organizations(connection, workbench.staff("coordinator"), Asked()).items
    assert [line.name for line in found] == ["ＮＰＯ法人 ひだまりの会"]


def test_a_change_on_an_old_version_is_refused_and_changes_nothing(workbench: Workbench) -> None:
    service_id = publish(workbench)
    entry = HumanServiceEntry(name="別の名前")

    with workbench.unit(workbench.staff("coordinator")) as uow, pytest.raises(ChangedMeanwhile):
        change_human_service(ChangeHumanService(service_id, entry, 7), uow, workbench.hooks)

    assert directory(workbench) == ["ひだまり食堂"]


def test_a_human_service_that_opens_again_is_said_again(workbench: Workbench) -> None:
    service_id = publish(workbench, status=ServiceStatus.TEMPORARILY_CLOSED)
    assert workbench.said(HumanServicePublished) == []

    with workbench.unit(workbench.staff("coordinator")) as uow:
        entry = HumanServiceEntry(name="ひだまり食堂")
        change_human_service(ChangeHumanService(service_id, entry, 1), uow, workbench.hooks)

    assert [event.human_service_id for event in workbench.said(HumanServicePublished)] == [
        service_id
    ]


@pytest.mark.parametrize(
    "words",
    ["子供", "こども", "コドモ", "ｺﾄﾞﾓ", "食", "食堂", "ひだまり 元町", "だまり", "%"],
)
def test_search_finds_in_any_spelling_and_length(workbench: Workbench, words: str) -> None:
    publish(
        workbench,
        name="子ども食堂ひだまり",
        kana="コドモショクドウヒダマリ",
        description="元町のあつまり。参加費の5%を寄付",
    )
    publish(workbench, name="納付の窓口")

    assert directory(workbench, words) == ["子ども食堂ひだまり"]


def test_search_for_what_is_not_there_finds_nothing(workbench: Workbench) -> None:
    publish(workbench)

    assert directory(workbench, "_") == []
    assert directory(workbench, "\\") == []
    assert directory(workbench, "ひだまり 恵庭") == []


def test_entries_for_supporters_only_are_closed_to_an_administrator(workbench: Workbench) -> None:
    service_id = publish(workbench, visibility=Visibility.SUPPORTERS_ONLY)

    assert directory(workbench, function="receiver") == ["ひだまり食堂"]
    assert directory(workbench, function="town_administrator") == []
    with workbench.reading() as connection, pytest.raises(HumanServiceNotFound):
        queries.human_service(connection, workbench.staff("town_administrator"), service_id)


def test_a_preview_changes_nothing_and_applying_adds_the_rows(workbench: Workbench) -> None:
    import_id = preview(workbench, file_of(FIRST, SECOND))

    assert directory(workbench) == []

    counts = apply(workbench, import_id)

    assert counts == {
        "added": 2,
        "changed": 0,
        "unchanged": 0,
        "kept": 0,
        "refused": 0,
        "retired": 0,
        "wrong": 0,
        "private": 0,
    }
    assert sorted(directory(workbench)) == ["あおぞら食堂", "ひだまり食堂"]
    assert sorted(event.source for event in workbench.said(HumanServicePublished)) == [
        "open_data",
        "open_data",
    ]


def test_the_same_file_again_changes_nothing(workbench: Workbench) -> None:
    apply(workbench, preview(workbench, file_of(FIRST, SECOND)))
    said = len(workbench.said(HumanServicePublished))

    counts = apply(workbench, preview(workbench, file_of(FIRST, SECOND)))

    assert (counts["unchanged"], counts["added"], counts["changed"]) == (2, 0, 0)
    assert len(workbench.said(HumanServicePublished)) == said
    with workbench.reading() as connection:
        found = queries.human_services(connection, workbench.staff("coordinator"))
    assert [one.version for one in found] == [1, 1]


def test_a_changed_row_changes_its_entry_and_keeps_its_id(workbench: Workbench) -> None:
    apply(workbench, preview(workbench, file_of(FIRST)))
    with workbench.reading() as connection:
        (before,) = queries.human_services(connection, workbench.staff("coordinator"))

    apply(workbench, preview(workbench, file_of(FIRST.replace("土", "日"))))

    with workbench.reading() as connection:
        (after,) = queries.human_services(connection, workbench.staff("coordinator"))
    assert (after.id, after.version) == (before.id, 2)
    assert (before.entry.schedule.byday, after.entry.schedule.byday) == (("SA",), ("SU",))
    assert after.source is not None
    assert after.source.original["開催曜日"] == "日"


def test_what_a_worker_corrected_is_not_overwritten(workbench: Workbench) -> None:
    apply(workbench, preview(workbench, file_of(FIRST)))
    with workbench.reading() as connection:
        (one,) = queries.human_services(connection, workbench.staff("coordinator"))
    with workbench.unit(workbench.staff("coordinator")) as uow:
        entry = replace(
            one.entry, name="ひだまり食堂（電話で確認）", last_confirmed_on=clock.today()
        )
        change_human_service(ChangeHumanService(one.id, entry, 1), uow, workbench.hooks)

    counts = apply(workbench, preview(workbench, file_of(FIRST.replace("土", "日"))))

    assert (counts["kept"], counts["changed"]) == (1, 0)
    assert directory(workbench) == ["ひだまり食堂（電話で確認）"]


def test_the_same_file_uploaded_twice_is_one_import(workbench: Workbench) -> None:
    assert preview(workbench, file_of(FIRST)) == preview(workbench, file_of(FIRST))


def test_an_import_is_applied_once(workbench: Workbench) -> None:
    import_id = preview(workbench, file_of(FIRST))
    apply(workbench, import_id)

    with pytest.raises(ImportAlreadyApplied):
        apply(workbench, import_id)

    assert directory(workbench) == ["ひだまり食堂"]


def test_an_unknown_import_is_not_found(workbench: Workbench) -> None:
    with pytest.raises(ImportNotFound):
        apply(workbench, "nothing")


def test_a_file_that_is_none_and_a_source_that_is_none_are_refused(workbench: Workbench) -> None:
    with pytest.raises(FileRefused):
        preview(workbench, b"\x00\x01,\n")
    with pytest.raises(SourceUnknown):
        preview(workbench, file_of(FIRST), source="elsewhere")

    assert workbench.said() == []


def test_the_sample_is_taken_once_and_its_rows_say_what_is_wrong(workbench: Workbench) -> None:
    coordinator = workbench.staff("coordinator")
    with workbench.unit(coordinator) as uow:
        first = import_sample(ImportSample("i1"), uow, workbench.hooks).counts()
    with workbench.unit(coordinator) as uow:
        second = import_sample(ImportSample("i2"), uow, workbench.hooks).counts()

    assert (first["added"], first["refused"], first["wrong"]) == (60, 0, 12)
    assert (second["added"], second["unchanged"]) == (0, 60)
    with workbench.reading() as connection:
        assert queries.count_human_services(connection, coordinator) == 60


def wait(bench: Workbench, service_id: str = "unknown") -> str:
    bench.hear(ReferralRequested("r1", "c1", "n1", "p1", service_id, "生駒 太郎", "週1回から"))
    return "r1"


def test_an_accepted_referral_is_said_to_the_case(workbench: Workbench) -> None:
    service_id = publish(workbench)
    referral_id = wait(workbench, service_id)

    with workbench.unit(workbench.staff("contact")) as uow:
        answer_referral(AnswerReferral(referral_id, True), uow, workbench.hooks)

    assert workbench.said(ReferralAccepted) == [
        ReferralAccepted("r1", "c1", service_id, "ひだまり食堂", clock.today())
    ]
    with workbench.reading() as connection:
        assert queries.referrals(connection, waiting=True) == []
        (answered,) = queries.referrals(connection, waiting=False)
    assert (answered.status.value, answered.answered_by) == ("accepted", "account-contact-")


def test_a_declined_referral_says_its_reason(workbench: Workbench) -> None:
    referral_id = wait(workbench)

    with workbench.unit(workbench.staff("contact")) as uow:
        answer_referral(AnswerReferral(referral_id, False, "満員です"), uow, workbench.hooks)

    assert workbench.said(ReferralDeclined) == [
        ReferralDeclined("r1", "c1", "unknown", "満員です", "")
    ]


def test_declining_without_a_reason_or_twice_changes_nothing(workbench: Workbench) -> None:
    referral_id = wait(workbench)

    with workbench.unit(workbench.staff("contact")) as uow, pytest.raises(ReasonMissing):
        answer_referral(AnswerReferral(referral_id, False, " "), uow, workbench.hooks)
    with workbench.reading() as connection:
        assert queries.referral(connection, referral_id).waiting

    with workbench.unit(workbench.staff("contact")) as uow:
        answer_referral(AnswerReferral(referral_id, True), uow, workbench.hooks)
    with workbench.unit(workbench.staff("contact")) as uow, pytest.raises(AlreadyAnswered):
        answer_referral(AnswerReferral(referral_id, False, "満員"), uow, workbench.hooks)
    assert workbench.said(ReferralDeclined) == []


def test_an_unknown_referral_is_not_found(workbench: Workbench) -> None:
    with workbench.unit(workbench.staff("contact")) as uow, pytest.raises(ReferralNotFound):
        answer_referral(AnswerReferral("nothing", True), uow, workbench.hooks)
