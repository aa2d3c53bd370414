from django.contrib import admin

from deputies.models import Constituency, Deputy, Term
from liaison.admin_site import RecordAdmin


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
