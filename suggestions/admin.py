from django.contrib import admin

from liaison.admin_site import ReadOnlyAdmin
from suggestions.models import (
    Assignment,
    Attachment,
    Extension,
    Formal,
    FormalSeries,
    FormalSigner,
    FormalSource,
    NumberSeries,
    PublicResult,
    RaisedContact,
    Rating,
    Suggestion,
    Voter,
)


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin):
    list_display = ("number", "title", "state", "field", "station", "desk", "lead", "due_on")
    list_filter = ("county", "state", "channel", "field", "kind")
    search_fields = ("number", "title")
    list_select_related = ("station", "desk", "lead")
    date_hierarchy = "created_at"
    exclude = ("query_code", "search", "form_token")


@admin.register(Voter)
class VoterAdmin(ReadOnlyAdmin):
    """Personal data shows masked: the full contact is seen on the case page, where looking leaves an event."""

    list_display = ("suggestion", "masked_name", "masked_phone", "gender", "age_band", "erased_at")
    list_filter = ("gender", "age_band")
    search_fields = ("suggestion__number",)
    list_select_related = ("suggestion",)
    fields = ("suggestion", "masked_name", "masked_phone", "gender", "age_band", "erased_at")


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("suggestion", "department", "role", "round", "state", "is_current", "assigned_at", "due_on")
    list_filter = ("role", "state", "is_current")
    search_fields = ("suggestion__number", "department__name")
    list_select_related = ("suggestion", "department")
    date_hierarchy = "assigned_at"


@admin.register(Extension)
class ExtensionAdmin(ReadOnlyAdmin):
    list_display = ("assignment", "old_due_on", "new_due_on", "state", "asked_by", "decided_by")
    list_filter = ("state",)
    search_fields = ("assignment__suggestion__number",)
    list_select_related = ("assignment__department", "asked_by", "decided_by")
    date_hierarchy = "asked_at"


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ("suggestion", "round", "satisfaction", "solved", "in_time", "rated_at")
    list_filter = ("satisfaction", "solved", "in_time")
    search_fields = ("suggestion__number",)
    list_select_related = ("suggestion",)
    date_hierarchy = "rated_at"


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """The file itself is not offered here: it is served by the scoped view alone."""

    list_display = ("name", "suggestion", "step", "size", "media_type", "uploaded_by", "uploaded_at")
    list_filter = ("media_type", "step")
    search_fields = ("name", "suggestion__number")
    list_select_related = ("suggestion", "uploaded_by")
    date_hierarchy = "uploaded_at"
    exclude = ("file",)


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyAdmin):
    list_display = ("county", "year", "last")
    list_filter = ("county", "year")
    search_fields = ("county__name",)
    list_select_related = ("county",)


@admin.register(PublicResult)
class PublicResultAdmin(ReadOnlyAdmin):
    list_display = ("title", "station", "state", "month", "released_at", "withdrawn_at")
    list_filter = ("county", "state", "field")
    search_fields = ("title", "suggestion__number")
    list_select_related = ("station",)
    date_hierarchy = "written_at"


@admin.register(RaisedContact)
class RaisedContactAdmin(ReadOnlyAdmin):
    list_display = ("suggestion", "contact")
    search_fields = ("suggestion__number", "contact__deputy__name")
    list_select_related = ("suggestion", "contact__deputy")


@admin.register(Formal)
class FormalAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "state", "station", "lead", "session", "in_session", "seq", "filed_at")
    list_filter = ("county", "kind", "state", "in_session")
    search_fields = ("title", "lead__name")
    list_select_related = ("station", "lead")
    date_hierarchy = "created_at"


@admin.register(FormalSigner)
class FormalSignerAdmin(ReadOnlyAdmin):
    list_display = ("formal", "deputy", "state", "on_paper", "answered_at", "satisfaction")
    list_filter = ("state", "on_paper", "satisfaction")
    search_fields = ("formal__title", "deputy__name")
    list_select_related = ("formal", "deputy")


@admin.register(FormalSource)
class FormalSourceAdmin(ReadOnlyAdmin):
    list_display = ("formal", "suggestion")
    search_fields = ("formal__title", "suggestion__number")
    list_select_related = ("formal", "suggestion")


@admin.register(FormalSeries)
class FormalSeriesAdmin(ReadOnlyAdmin):
    list_display = ("station", "term", "session", "in_session", "kind", "last")
    list_filter = ("kind", "in_session")
    search_fields = ("station__name", "term__name")
    list_select_related = ("station", "term")
