from accounts.models import User
from history.models import Event


def test_a_disabled_account_is_out_at_once(people, as_user) -> None:
    clerk = as_user(people.clerk)
    as_user(people.town_staff).post(f"/accounts/{people.clerk.pk}/disable/")
    assert clerk.get("/accounts/me/").url.startswith("/accounts/login/")
    assert Event.objects.filter(action="account_disable").count() == 1


def test_nobody_disables_the_own_account(people, as_user) -> None:
    response = as_user(people.town_staff).post(f"/accounts/{people.town_staff.pk}/disable/")
    assert response.status_code == 403
    assert "不能停用自己的账号" in response.text
    assert User.objects.get(pk=people.town_staff.pk).is_active


def test_a_disabled_account_can_be_enabled_again(people, as_user) -> None:
    User.objects.filter(pk=people.clerk.pk).update(is_active=False)
    as_user(people.town_staff).post(f"/accounts/{people.clerk.pk}/enable/")
    assert User.objects.get(pk=people.clerk.pk).is_active
    assert Event.objects.filter(action="account_enable").count() == 1
