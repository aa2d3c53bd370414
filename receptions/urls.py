from django.urls import URLPattern, path

from receptions.views import day, duties, feeds, plan, roster, rules, schedule, telling

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
    path("roster/", roster.roster, name="roster"),
    path("roster/export/", roster.export, name="roster_export"),
    path("roster/propose/", roster.propose, name="propose"),
    path("days/<int:pk>/duties/", roster.assign, name="assign"),
    path("days/<int:pk>/duties/<int:deputy_pk>/unassign/", roster.unassign, name="unassign"),
    path("leaves/<int:pk>/", roster.decide_leave, name="decide_leave"),
    # --
    # duties: the deputy's phone
    path("duties/", duties.my_duties, name="my_duties"),
    path("duties/<int:pk>/acknowledge/", duties.acknowledge, name="acknowledge"),
    path("deputies/<int:pk>/leave/", duties.ask_leave, name="ask_leave"),
    path("leaves/<int:pk>/withdraw/", duties.withdraw_leave, name="withdraw_leave"),
    path("duties/<int:pk>/swap/", duties.ask_swap, name="ask_swap"),
    path("swaps/<int:pk>/agree/", duties.agree_swap, name="agree_swap"),
    path("swaps/<int:pk>/decline/", duties.decline_swap, name="decline_swap"),
    path("swaps/<int:pk>/withdraw/", duties.withdraw_swap, name="withdraw_swap"),
    # --
    # telling: what was sent, text and poster to pass on
    path("<int:pk>/poster/", telling.poster, name="poster"),
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
