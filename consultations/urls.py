from django.urls import URLPattern, path

from consultations.views import acting, promises, talks, whistle_figures, whistles

app_name = "consultations"

urlpatterns: list[URLPattern] = [
    path("", talks.listing, name="list"),
    path("new/", acting.create, name="create"),
    path("<int:pk>/", talks.detail, name="detail"),
    path("<int:pk>/sheet/", talks.sheet, name="sheet"),
    path("<int:pk>/files/<int:file_pk>/", talks.file, name="file"),
    # --
    # before
    path("<int:pk>/edit/", acting.edit, name="edit"),
    path("<int:pk>/announce/", acting.announce, name="announce"),
    path("<int:pk>/cancel/", acting.cancel, name="cancel"),
    # --
    # during
    path("<int:pk>/start/", acting.start, name="start"),
    path("<int:pk>/parties/<int:party_pk>/sign-in/", acting.sign_in, name="sign_in"),
    path("<int:pk>/parties/<int:party_pk>/sign-in/undo/", acting.undo_sign_in, name="undo_sign_in"),
    path("<int:pk>/conclude/", acting.conclude, name="conclude"),
    # --
    # after
    path("<int:pk>/promises/new/", promises.give, name="give_promise"),
    path("<int:pk>/rate/", acting.rate, name="rate"),
    path("<int:pk>/ratings/", acting.count_ratings, name="count_ratings"),
    path("<int:pk>/finish/", acting.finish, name="finish"),
    # --
    # material and noticeboard
    path("<int:pk>/files/new/", acting.add_files, name="add_files"),
    path("<int:pk>/files/<int:file_pk>/remove/", acting.remove_file, name="remove_file"),
    path("<int:pk>/release/<slug:step>/", acting.release, name="release"),
    # --
    # promises
    path("promises/", promises.listing, name="promises"),
    path("promises/<int:pk>/", promises.detail, name="promise"),
    path("promises/<int:pk>/edit/", promises.edit, name="edit_promise"),
    path("promises/<int:pk>/progress/", promises.report, name="report_progress"),
    path("promises/<int:pk>/end/", promises.end, name="end_promise"),
    path("promises/<int:pk>/reopen/", promises.reopen, name="reopen_promise"),
    # --
    path("whistles/", whistles.whistles, name="whistles"),
    path("whistles/blow/", whistles.blow, name="whistle_blow"),
    path("whistles/figures/", whistle_figures.figures, name="whistle_figures"),
    path("whistles/<int:pk>/", whistles.whistle, name="whistle"),
    path("whistles/calls/<int:pk>/check-in/", whistles.check_in, name="whistle_check_in"),
    path("whistles/calls/<int:pk>/note/", whistles.note, name="whistle_note"),
    path("whistles/calls/<int:pk>/report/", whistles.report, name="whistle_report"),
    path("whistles/calls/<int:pk>/refuse/", whistles.refuse, name="whistle_refuse"),
    path("whistles/calls/<int:pk>/answer/", whistles.answer, name="whistle_answer"),
    path("whistles/calls/<int:pk>/decide/", whistles.decide, name="whistle_decide"),
    path("whistles/calls/<int:pk>/send-back/", whistles.send_back, name="whistle_send_back"),
    path("whistles/calls/<int:pk>/withdraw/", whistles.withdraw, name="whistle_withdraw"),
    path("whistles/calls/<int:pk>/rate/", whistles.rate, name="whistle_rate"),
    path("whistles/calls/<int:pk>/judge/", whistles.judge, name="whistle_judge"),
]
