import pytest

from history.models import Event
from stations.forms import RULE_GROUPS
from stations.models import Rules

PAGE = "/stations/rules/"


def numbers(people, **changed: int) -> dict[str, int]:
    rules = Rules.objects.get(county=people.county)
    names = [name for _, group in RULE_GROUPS for name in group]
    return {name: getattr(rules, name) for name in names} | changed


def test_every_number_is_on_the_page_with_its_source(people, as_user) -> None:
    text = as_user(people.hub_staff).get(PAGE).text
    fields = [field for field in Rules._meta.fields if field.name not in ("id", "county")]
    assert {field.name for field in fields} == {name for _, group in RULE_GROUPS for name in group}
    for field in fields:
        assert f'name="{field.name}"' in text
        assert field.help_text in text


def test_the_county_office_changes_numbers_and_the_change_is_recorded(people, as_user) -> None:
    client = as_user(people.hub_staff)
    assert client.post(PAGE, numbers(people, triage_days=7, warn_days=3)).status_code == 302
    rules = Rules.objects.get(county=people.county)
    assert (rules.triage_days, rules.warn_days) == (7, 3)
    event = Event.objects.get(action="rules_change")
    assert event.chain == people.county.chain
    assert event.before == {"triage_days": 5, "warn_days": 5}
    assert event.after == {"triage_days": 7, "warn_days": 3}
    assert "5 → <strong>7</strong>" in client.get(PAGE).text


def test_saving_without_a_change_records_nothing(people, as_user) -> None:
    as_user(people.hub_staff).post(PAGE, numbers(people))
    assert not Event.objects.filter(action="rules_change").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"triage_days": 0}, "大于或等于1"),
        ({"county_months": 13}, "小于或等于12"),
        ({"county_months": 6, "county_max_months": 3}, "不能短于"),
        ({"township_days": 60, "township_max_days": 30}, "不能短于"),
        ({"triage_days": "五"}, "整数"),
    ],
)
def test_bounds_are_kept(people, as_user, changed: dict, words: str) -> None:
    response = as_user(people.hub_staff).post(PAGE, numbers(people, **changed))
    assert response.status_code == 200
    assert words in response.text
    assert Rules.objects.get(county=people.county).triage_days == 5


def test_everybody_else_reads(people, as_user) -> None:
    for user in (people.town_staff, people.clerk, people.deputy_user, people.officer_user):
        client = as_user(user)
        response = client.get(PAGE)
        assert response.status_code == 200
        assert '<input type="number"' not in response.text
        assert client.post(PAGE, numbers(people, triage_days=7)).status_code == 403


def test_another_countys_rules_do_not_exist(people, strangers, as_user) -> None:
    client = as_user(people.hub_staff)
    assert client.get(PAGE, {"county": strangers.county.pk}).status_code == 404
    assert client.post(f"{PAGE}?county={strangers.county.pk}", numbers(people, triage_days=7)).status_code == 404
    assert Rules.objects.get(county=strangers.county).triage_days == 5
