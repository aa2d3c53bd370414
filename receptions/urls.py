from django.urls import URLPattern

app_name = "receptions"

urlpatterns: list[URLPattern] = [
    # schedule: rule, days, themes, plan
    # --
    # roster: proposal, changes by hand
    # --
    # duties: the deputy's phone
    # --
    # telling: what was sent, text and poster to pass on
    # --
    # the day: sign-in, photos, close, forms
    # --
    # invitations
    # --
    # calendar feeds
    # --
]
