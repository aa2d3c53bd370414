from django.contrib import admin

from legislation.models import Article, DraftLaw, Giver, Material, Opinion
from liaison.admin_site import ReadOnlyAdmin


@admin.register(DraftLaw)
class DraftLawAdmin(ReadOnlyAdmin):
    list_display = ("title", "county", "opens_on", "closes_on", "state")
    list_filter = ("county", "state")
    search_fields = ("title",)
    list_select_related = ("county",)


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin):
    list_display = ("label", "draft", "chapter")
    search_fields = ("label", "draft__title")
    list_select_related = ("draft",)


@admin.register(Material)
class MaterialAdmin(ReadOnlyAdmin):
    """The file itself is not offered here: it is served by the scoped view alone."""

    list_display = ("name", "draft", "media_type")
    search_fields = ("name", "draft__title")
    list_select_related = ("draft",)
    exclude = ("file",)


@admin.register(Opinion)
class OpinionAdmin(ReadOnlyAdmin):
    list_display = ("draft", "article", "kind", "station", "given_at", "outcome")
    list_filter = ("kind", "outcome")
    search_fields = ("draft__title", "text")
    list_select_related = ("draft", "article", "station", "deputy", "entered_by", "main__draft", "main__article")


@admin.register(Giver)
class GiverAdmin(ReadOnlyAdmin):
    """Personal data shows masked: in full on the page where looking leaves an event."""

    list_display = ("masked_name", "masked_phone", "opinion", "erased_at")
    search_fields = ("opinion__draft__title",)
    list_select_related = ("opinion__draft", "opinion__article")
    fields = ("opinion", "masked_name", "masked_phone", "erased_at")
