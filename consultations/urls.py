from django.urls import URLPattern, path

from consultations.views import whistles

app_name = "consultations"

urlpatterns: list[URLPattern] = [
    path("whistles/", whistles.whistles, name="whistles"),
    path("whistles/blow/", whistles.blow, name="whistle_blow"),
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
