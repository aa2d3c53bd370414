from django.contrib import admin

from deputies.models import (
    CommitteeMember,
    Constituency,
    Constituent,
    Contact,
    Deputy,
    DutyEntry,
    DutyFile,
    DutyPublication,
    DutyWeight,
    Term,
    Tie,
    TieContact,
)
from liaison.admin_site import ReadOnlyAdmin, RecordAdmin


@admin.register(Term)
class TermAdmin(RecordAdmin):
    list_display = ("county", "level", "name", "starts_on", "ends_on")
    list_filter = ("county", "level")
    search_fields = ("name",)
    list_select_related = ("county",)


@admin.register(Constituency)
class ConstituencyAdmin(RecordAdmin):
    list_display = ("name", "level", "county", "station")
    list_filter = ("county", "level")
    search_fields = ("name",)
    list_select_related = ("county", "station")
    autocomplete_fields = ("station",)


@admin.register(Deputy)
class DeputyAdmin(RecordAdmin):
    list_display = ("name", "level", "county", "home_station", "trade", "status")
    list_filter = ("county", "level", "status", "trade")
    search_fields = ("name", "pinyin", "initials", "certificate")
    list_select_related = ("county", "home_station")
    autocomplete_fields = ("user", "home_station", "constituency")


@admin.register(Constituent)
class ConstituentAdmin(ReadOnlyAdmin):
    """Personal data shows masked, as voters' does: in full on the pages where looking leaves an event."""

    list_display = ("deputy", "masked_name", "masked_phone", "since", "until", "erased_at")
    search_fields = ("deputy__name",)
    list_select_related = ("deputy",)
    fields = ("deputy", "masked_name", "masked_phone", "since", "until", "erased_at")


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    list_display = ("deputy", "constituent", "happened_on", "way", "entered_by")
    list_filter = ("way",)
    search_fields = ("deputy__name",)
    list_select_related = ("deputy", "constituent", "entered_by")
    date_hierarchy = "happened_on"


@admin.register(CommitteeMember)
class CommitteeMemberAdmin(RecordAdmin):
    list_display = ("deputy", "post", "since", "until")
    list_filter = ("post",)
    search_fields = ("deputy__name",)
    list_select_related = ("deputy",)
    autocomplete_fields = ("deputy",)


ENDS = ("member__deputy", "deputy", "station", "department")


@admin.register(Tie)
class TieAdmin(ReadOnlyAdmin):
    list_display = ("kind", "near", "far", "since", "until")
    list_filter = ("county", "kind")
    search_fields = ("deputy__name", "member__deputy__name", "station__name", "department__name")
    list_select_related = ENDS


@admin.register(TieContact)
class TieContactAdmin(ReadOnlyAdmin):
    list_display = ("tie", "happened_on", "way", "entered_by")
    search_fields = ("tie__deputy__name", "tie__member__deputy__name")
    list_select_related = ("entered_by", *(f"tie__{end}" for end in ENDS))
    date_hierarchy = "happened_on"


@admin.register(DutyEntry)
class DutyEntryAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "deputy", "station", "happened_on", "confirmed_at")
    list_filter = ("kind",)
    search_fields = ("title", "deputy__name")
    list_select_related = ("deputy", "station")
    date_hierarchy = "happened_on"


@admin.register(DutyFile)
class DutyFileAdmin(ReadOnlyAdmin):
    """The file itself is not offered here: it is served by the scoped view alone."""

    list_display = ("name", "entry", "media_type")
    search_fields = ("name", "entry__title")
    list_select_related = ("entry",)
    exclude = ("file",)


@admin.register(DutyPublication)
class DutyPublicationAdmin(ReadOnlyAdmin):
    list_display = ("deputy", "year", "released_by", "released_at")
    list_filter = ("year",)
    search_fields = ("deputy__name",)
    list_select_related = ("deputy", "released_by")


@admin.register(DutyWeight)
class DutyWeightAdmin(RecordAdmin):
    list_display = ("county", "item", "points", "most")
    list_filter = ("county",)
    search_fields = ("county__name",)
    list_select_related = ("county",)
