"""The county office's own settings of the account: kept with an event that names the fields, never their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from portal.models import WechatAccount
from stations.changes import record

if TYPE_CHECKING:
    from accounts.models import User

SECRETS = ("token", "aes_key", "app_secret")


@transaction.atomic
def save_account(account: WechatAccount, *, actor: User, changed: list[str]) -> None:
    """Another token or AppID has to be verified by the platform again."""
    if {"token", "app_id"} & set(changed):
        account.verified_at = None
    account.save()
    record(account.county_id, "wechat_account_edit", actor=actor, after={"fields": sorted(changed)})
