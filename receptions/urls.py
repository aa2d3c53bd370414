from django.urls import URLPattern, path

from receptions.views import telling

app_name = "receptions"

urlpatterns: list[URLPattern] = [
    # schedule: rule, days, themes, plan
    # --
    # roster: proposal, changes by hand
    # --
    # duties: the deputy's phone
    # --
    # telling: what was sent, text and poster to pass on
    path("days/<int:pk>/poster/", telling.poster, name="poster"),
    # --
    # the day: sign-in, photos, close, forms
    # --
    # invitations
    # --
    # calendar feeds
    # --
]
