from django.urls import URLPattern, path

from receptions.views import day, feeds, plan, rules, schedule, telling

app_name = "receptions"

urlpatterns: list[URLPattern] = [
    # schedule: rule, days, themes, plan
    path("", schedule.schedule, name="schedule"),
    path("<int:pk>/", day.day, name="day"),
    path("<int:pk>/move/", day.move, name="move"),
    path("<int:pk>/cancel/", day.cancel, name="cancel"),
    path("<int:pk>/reopen/", day.reopen, name="reopen"),
    path("<int:pk>/edit/", day.edit, name="edit"),
    path("stations/<int:station_pk>/add/", day.add, name="add"),
    path("stations/<int:station_pk>/rule/", rules.rule, name="rule"),
    path("stations/<int:station_pk>/themes/", plan.themes, name="themes"),
    path("stations/<int:station_pk>/plan/", plan.plan, name="plan"),
    path("stations/<int:station_pk>/plan/post/", plan.post_plan, name="post_plan"),
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
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/new/", feeds.create_feed, name="create_feed"),
    path("feeds/<int:pk>/revoke/", feeds.revoke_feed, name="revoke_feed"),
    # --
]
