from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin
from portal.models import (
    Change,
    Draft,
    DraftPhoto,
    HeldWord,
    WechatAccount,
    WechatDialogue,
    WechatMessage,
    WechatPerson,
    WechatPicture,
)


@admin.register(WechatAccount)
class WechatAccountAdmin(ReadOnlyAdmin):
    """The county office fills it in on its own page; the secrets are shown to nobody."""

    list_display = ("county", "app_id", "mode", "is_active", "verified_at")
    search_fields = ("county__name", "app_id")
    list_select_related = ("county",)
    fields = ("county", "app_id", "mode", "is_active", "verified_at")


@admin.register(WechatPerson)
class WechatPersonAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "station", "seen_at")
    search_fields = ("station__name",)
    list_select_related = ("account__county", "station")
    fields = ("account", "station", "seen_at")


@admin.register(WechatDialogue)
class WechatDialogueAdmin(ReadOnlyAdmin):
    list_display = ("id", "person", "stage", "station", "changed_at")
    list_filter = ("stage",)
    search_fields = ("station__name",)
    list_select_related = ("person", "station")
    fields = ("person", "stage", "station", "changed_at")


@admin.register(WechatMessage)
class WechatMessageAdmin(ReadOnlyAdmin):
    list_display = ("id", "account", "received_at")
    search_fields = ("account__county__name",)
    list_select_related = ("account__county",)
    fields = ("account", "received_at")


@admin.register(WechatPicture)
class WechatPictureAdmin(ReadOnlyAdmin):
    list_display = ("id", "case", "attempts", "next_try_at", "error")
    search_fields = ("case__number", "error")
    list_select_related = ("case", "account__county", "dialogue__person")
    fields = ("account", "dialogue", "case", "attempts", "next_try_at", "error")


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("id", "what")
    search_fields = ("what",)
    fields = ("what",)


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    """What voters are writing is theirs until they send it: only that there is something."""

    list_display = ("id", "station", "suspect", "changed_at", "case")
    search_fields = ("station__name",)
    list_select_related = ("station", "case")
    fields = ("station", "suspect", "opened_at", "changed_at", "case")


@admin.register(DraftPhoto)
class DraftPhotoAdmin(ReadOnlyAdmin):
    list_display = ("id", "draft")
    search_fields = ("draft__station__name",)
    list_select_related = ("draft",)
    fields = ("draft",)


@admin.register(HeldWord)
class HeldWordAdmin(ReadOnlyAdmin):
    list_display = ("word", "county")
    search_fields = ("word",)
    list_filter = ("county",)
    list_select_related = ("county",)
    fields = ("word", "county")
