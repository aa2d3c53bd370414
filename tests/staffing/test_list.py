from accounts.models import User


def names(response) -> set[str]:
    return {account.username for account in response.context["page"]}


def test_the_county_office_sees_its_county_and_nobody_else(people, strangers, as_user) -> None:
    seen = names(as_user(people.hub_staff).get("/accounts/"))
    assert seen == set(User.objects.filter(username__startswith="BA-").values_list("username", flat=True))


def test_a_township_sees_its_own_subtree(people, strangers, as_user) -> None:
    assert names(as_user(people.town_staff).get("/accounts/")) == {
        "BA-town_staff",
        "BA-point_staff",
        "BA-clerk",
        "BA-second_clerk",
        "BA-deputy_user",
        "BA-officer_user",
    }


def test_everybody_else_is_told_who_keeps_the_accounts(people, as_user) -> None:
    for user in (people.point_staff, people.clerk, people.deputy_user, people.officer_user):
        response = as_user(user).get("/accounts/")
        assert response.status_code == 403
        assert "账号由县人大代表工委" in response.text


def test_technical_administrators_are_never_shown(people, as_user) -> None:
    User.objects.filter(pk=people.clerk.pk).update(is_superuser=True)
    User.objects.filter(pk=people.second_clerk.pk).update(is_staff=True)
    assert not {"BA-clerk", "BA-second_clerk"} & names(as_user(people.hub_staff).get("/accounts/"))


def test_search_and_filters_narrow_the_list(people, as_user) -> None:
    client = as_user(people.hub_staff)
    User.objects.filter(pk=people.clerk.pk).update(name="赵工", phone="13803910001", is_active=False)
    assert names(client.get("/accounts/", {"q": "赵工"})) == {"BA-clerk"}
    assert names(client.get("/accounts/", {"q": "13803910001"})) == {"BA-clerk"}
    assert names(client.get("/accounts/", {"status": "disabled"})) == {"BA-clerk"}
    assert names(client.get("/accounts/", {"seat": "officer"})) == {"BA-officer_user"}


def test_phones_are_masked(people, as_user) -> None:
    User.objects.filter(pk=people.clerk.pk).update(phone="13803910001")
    assert "13803910001" not in as_user(people.hub_staff).get("/accounts/").text


def test_the_list_costs_the_same_however_long_it_is(people, as_user, django_assert_max_num_queries) -> None:
    client = as_user(people.hub_staff)
    client.get("/accounts/")  # the first request of a session also writes when it was seen
    with django_assert_max_num_queries(16):
        client.get("/accounts/")
