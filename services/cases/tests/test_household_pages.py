"""The forms about a household: what they take, what they refuse, and what they show again."""

import pytest

from kasane_cases import commands, handlers, queries
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def read(at_work, case_id):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, at_work.coordinator, case_id, clock.today())


def member(**changes):
    return {
        "name": "試験 花子",
        "relation": "祖母",
        "from_on": clock.today().isoformat(),
        **changes,
    }


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("明治45年7月1日", "1912-07-01"),
        ("Ｔ３．４．５", "1914-04-05"),
        ("1958-03-04", "1958-03-04"),
    ],
)
def test_a_birth_date_of_every_era_is_read(at_work, browser, typed, kept):
    case_id = at_work.case()

    answer = browser.post(f"/cases/{case_id}/members", member(birth_date=typed))

    assert answer.status_code == 303
    assert read(at_work, case_id).persons[-1].birth_date.isoformat() == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("birth_date", "昭和33年1月32日"),
        ("birth_date", "2月30日"),
        ("from_on", ""),
        ("name", "あ" * 101),
        ("email", "はがき"),
    ],
)
def test_a_wrong_field_is_shown_again_and_nobody_is_added(at_work, browser, field, typed):
    case_id = at_work.case()

    answer = browser.post(f"/cases/{case_id}/members", member(**{field: typed}))

    assert answer.status_code == 422
    assert "試験 花子" in answer.text or field == "name"
    assert f'href="#field-{field}"' in answer.text
    assert len(read(at_work, case_id).persons) == 2


def test_somebody_on_file_is_asked_about_before_being_added_twice(at_work, browser):
    first = at_work.case()
    second = at_work.do(
        handlers.open_case,
        commands.OpenCase(new_id(), persons=(commands.PersonOfCase(new_id(), "試験 さと子"),)),
    )
    typed = member(name="試験 太郎")

    asked = browser.post(f"/cases/{second}/members", typed)
    assert asked.status_code == 422
    assert "記録にある人と同じ人かもしれません" in asked.text
    assert "試験町1番地" not in asked.text
    assert len(read(at_work, second).persons) == 1

    browser.post(f"/cases/{second}/members", {**typed, "same_person": SON})
    assert SON in read(at_work, second).household.members
    assert read(at_work, first).case.number in browser.get(f"/cases/{second}").text


def test_somebody_else_of_the_same_name_stays_somebody_else(at_work, browser):
    at_work.case()
    second = at_work.do(
        handlers.open_case,
        commands.OpenCase(new_id(), persons=(commands.PersonOfCase(new_id(), "試験 さと子"),)),
    )

    browser.post(f"/cases/{second}/members", member(name="試験 太郎", same_person="new"))

    assert SON not in read(at_work, second).household.members
    assert len(read(at_work, second).persons) == 2


def test_a_household_is_divided_from_its_page_and_put_together_again(at_work, browser):
    case_id = at_work.case(MOTHER)
    form = {
        "leaving": [SON],
        "from_on": clock.today().isoformat(),
        "step_reason": "アパートに移った",
        "version": str(at_work.read_case(case_id).version),
    }
    nobody = browser.post(f"/cases/{case_id}/household/split", {**form, "leaving": []})
    assert nobody.status_code == 422
    everybody = browser.post(
        f"/cases/{case_id}/household/split", {**form, "leaving": [MOTHER, SON]}
    )
    assert everybody.status_code == 409
    assert "世帯に誰もいなくなります" in everybody.text

    made = browser.post(f"/cases/{case_id}/household/split", form)
    new_case = made.location.rsplit("/", 1)[1]
    shown = browser.get(f"/cases/{case_id}").text
    assert "世帯が分かれた：試験 太郎" in shown
    assert "この世帯の人ではありません" in shown
    assert read(at_work, new_case).household.members == {SON}

    (line,) = read(at_work, case_id).household.steps
    path = f"/cases/{case_id}/household/steps/{line.step.id}/undo"
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"step_reason": ""}).status_code == 422
    assert browser.post(path, {"step_reason": "戻ってきた"}).status_code == 303
    assert read(at_work, case_id).household.members == {MOTHER, SON}


def test_a_person_is_corrected_and_a_stale_form_overwrites_nothing(at_work, browser):
    case_id = at_work.case()
    version = at_work.read_case(case_id).version
    shown = browser.get(f"/cases/{case_id}/persons/{SON}")
    assert "試験 太郎" in shown.text
    assert "昭和47年1月2日" in shown.text

    form = {"name": "試験 太朗", "relation": "長男", "version": str(version), "householder": "on"}
    assert browser.post(f"/cases/{case_id}/persons/{SON}", form).status_code == 303
    stale = browser.post(f"/cases/{case_id}/persons/{SON}", {**form, "name": "別の名"})

    assert stale.status_code == 412
    assert read(at_work, case_id).person(SON).name == "試験 太朗"
    assert "世帯主" in browser.get(f"/cases/{case_id}").text


def test_a_protection_is_recorded_from_its_form_and_shown_on_the_case(at_work, browser):
    case_id = at_work.case()
    path = f"/cases/{case_id}/persons/{MOTHER}/protection"
    assert browser.get(path).status_code == 200
    wrong = browser.post(path, {"from_on": "いつか", "authority": "", "step_reason": ""})
    assert wrong.status_code == 422
    assert read(at_work, case_id).person(MOTHER).address_protected is False

    form = {
        "from_on": clock.today().isoformat(),
        "authority": "試験警察署",
        "phone_too": "on",
        "step_reason": "安全のため",
    }
    assert browser.post(path, form).status_code == 303
    assert "住所は守られています" in browser.get(f"/cases/{case_id}").text
    again = browser.post(path, form)
    assert again.status_code == 409
    assert "1か月前" in again.text


def test_who_is_in_charge_is_named_and_sees_the_case(at_work, browser):
    case_id = at_work.case()
    assert "主担当が決まっていません" in browser.get(f"/cases/{case_id}").text
    contact = at_work.bench.staff("contact", account_id="account-contact", name="窓口 次郎")

    browser.post(
        f"/cases/{case_id}/lead",
        {
            "member": "account:account-contact",
            "version": str(at_work.read_case(case_id).version),
        },
    )

    assert at_work.read_case(case_id).lead == "account:account-contact"
    shown = at_work.bench.visit_as(contact).get(f"/cases/{case_id}").text
    assert "主担当を窓口 次郎に決めた" in shown


def test_the_api_divides_joins_and_refuses(at_work, browser):
    case_id = at_work.case(MOTHER)
    shown = browser.get(f"/api/v1/cases/{case_id}/household")
    assert [one["id"] for one in shown.json["members"]] == [MOTHER, SON]
    assert "試験町1番地" not in shown.text
    body = {"person_ids": [SON], "from_on": clock.today().isoformat(), "reason": "別居"}
    stale = browser.send_json(
        "POST",
        f"/api/v1/cases/{case_id}/household/split",
        body,
        headers={"If-Match": '"99"'},
    )
    assert stale.status_code == 412

    made = browser.send_json(
        "POST",
        f"/api/v1/cases/{case_id}/household/split",
        body,
        headers={"If-Match": shown.headers["ETag"]},
    )
    assert made.status_code == 201
    assert [one["id"] for one in made.json["members"]] == [SON]
    refused = browser.send_json(
        "POST",
        f"/api/v1/cases/{case_id}/members/{MOTHER}/leaving",
        {"from_on": clock.today().isoformat(), "reason": "死亡"},
    )
    assert (refused.status_code, refused.json["type"]) == (
        409,
        "urn:kasane:problem:last_member",
    )
    wrong = browser.send_json("POST", f"/api/v1/cases/{case_id}/members", {"from_on": "いつか"})
    assert wrong.status_code == 422


def test_the_form_that_takes_a_step_back_says_which_step_it_is(at_work, browser):
    case_id = at_work.case()
    browser.post(f"/cases/{case_id}/members", member(step_reason="同居を始めた"))
    (line,) = read(at_work, case_id).household.steps

    shown = browser.get(f"/cases/{case_id}/household/steps/{line.step.id}/undo").text

    assert "試験 花子" in shown
    assert "同居を始めた" in shown
