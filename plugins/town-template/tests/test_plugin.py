"""Checks the plugin's own answers, and that it keeps the promises every plugin makes."""

from kasane_kit.testing.conformance import check_plugin
from kasane_plugin_api import Category
from kasane_town_template.plugin import Plugin


def test_the_plugin_conforms() -> None:
    assert check_plugin("town-template") == []


def test_the_town_has_its_own_word_for_a_desk() -> None:
    plugin = Plugin({"ask_how_heard": True})

    terms = plugin.town_terms()

    assert terms == {"office": "まちの相談窓口"}


def test_the_towns_own_category_maps_to_a_national_one() -> None:
    plugin = Plugin({"ask_how_heard": True})

    categories = plugin.consultation_categories()

    assert categories == (Category("flood_damage", "水害のあとの困りごと", "housing"),)


def test_the_question_is_asked_at_the_desk_only() -> None:
    plugin = Plugin({"ask_how_heard": True})

    at_the_desk = plugin.intake_form_fields("desk")
    on_the_telephone = plugin.intake_form_fields("telephone")

    assert at_the_desk is not None
    assert [field.name for field in at_the_desk] == ["heard_from"]
    assert on_the_telephone is None


def test_a_town_may_leave_the_question_out() -> None:
    plugin = Plugin({"ask_how_heard": False})

    fields = plugin.intake_form_fields("desk")

    assert fields is None


def test_years_are_answered_only_where_the_town_gave_a_number() -> None:
    asked = {"ask_how_heard": True, "keep_cases_years": 0}
    assert Plugin(asked).retention_period("case") is None
    answered = Plugin({**asked, "keep_cases_years": 7})
    assert answered.retention_period("consultation") is None
    period = answered.retention_period("case")
    assert period is not None
    assert period.years == 7
