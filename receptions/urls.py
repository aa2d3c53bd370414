from django.urls import URLPattern, path

from receptions.views import brands, day, duties, feeds, invitation, plan, roster, rules, schedule, sitting, telling

app_name = "receptions"

urlpatterns: list[URLPattern] = [
    # schedule: rule, days, themes, plan
    path("", schedule.schedule, name="schedule"),
    path("<int:pk>/", day.day, name="day"),
    path("<int:pk>/move/", day.move, name="move"),
    path("<int:pk>/cancel/", day.cancel, name="cancel"),
    path("<int:pk>/reopen/", day.reopen, name="reopen"),
    path("<int:pk>/edit/", day.edit, name="edit"),
    path("<int:pk>/follow-rule/", day.follow_rule, name="follow_rule"),
    path("stations/<int:station_pk>/add/", day.add, name="add"),
    path("stations/<int:station_pk>/rule/", rules.rule, name="rule"),
    path("stations/<int:station_pk>/themes/", plan.themes, name="themes"),
    path("stations/<int:station_pk>/brands/new/", brands.create_brand, name="create_brand"),
    path("brands/<int:pk>/edit/", brands.edit_brand, name="edit_brand"),
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
    path("<int:pk>/open/", sitting.open_day, name="open"),
    path("<int:pk>/go-on/", sitting.go_on, name="go_on"),
    path("<int:pk>/sign-in/", sitting.sign_in, name="sign_in"),
    path("<int:pk>/sign-in/undo/", sitting.undo_sign_in, name="undo_sign_in"),
    path("<int:pk>/officers/", sitting.sign_in_officer, name="sign_in_officer"),
    path("<int:pk>/officers/undo/", sitting.undo_officer, name="undo_officer"),
    path("<int:pk>/count/", sitting.count, name="count"),
    path("<int:pk>/close/", sitting.close, name="close"),
    path("<int:pk>/correct/", sitting.correct, name="correct"),
    path("<int:pk>/photos/", sitting.add_photos, name="add_photos"),
    path("<int:pk>/photos/<int:photo_id>/", sitting.photo, name="photo"),
    path("<int:pk>/photos/<int:photo_id>/remove/", sitting.remove_photo, name="remove_photo"),
    # --
    # invitations
    path("<int:pk>/invite/", invitation.invite, name="invite"),
    path("invitations/", invitation.listing, name="invitations"),
    path("invitations/<int:pk>/", invitation.invitation, name="invitation"),
    path("invitations/<int:pk>/answer/", invitation.answer_invitation, name="answer_invitation"),
    path("invitations/<int:pk>/withdraw/", invitation.withdraw_invitation, name="withdraw_invitation"),
    path("invitations/<int:pk>/outcome/", invitation.conclude_invitation, name="conclude_invitation"),
    # --
    # calendar feeds
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/new/", feeds.create_feed, name="create_feed"),
    path("feeds/<int:pk>/revoke/", feeds.revoke_feed, name="revoke_feed"),
    # --
]
