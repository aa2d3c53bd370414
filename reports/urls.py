from django.urls import path

from reports.exports.matters import MATTERS
from reports.views import duty, exports, statistics
from reports.work import views as work
from reports.yearly import views as yearly

app_name = "reports"
urlpatterns = [
    path("exports/", exports.exports, name="exports"),
    path("exports/several/", exports.several, name="export_several"),
    *(path(f"exports/{key}/", exports.export, {"keys": (key,)}, name=f"export_{key}") for key in MATTERS),
    path("exports/<int:pk>/file/", exports.fetch, name="fetch_export"),
    path("exports/<int:pk>/discard/", exports.discard, name="discard_export"),
    path("yearly/", yearly.yearly_list, name="yearly_list"),
    path("yearly/<int:pk>/", yearly.yearly, name="yearly"),
    path("yearly/<int:pk>/word/", yearly.yearly_word, name="yearly_word"),
    path("yearly/<int:pk>/finish/", yearly.finish, name="finish_yearly"),
    path("yearly/<int:pk>/reopen/", yearly.reopen, name="reopen_yearly"),
    path("yearly/<int:pk>/<slug:key>/", yearly.write_part, name="write_part"),
    path("yearly/<int:pk>/<slug:key>/restore/", yearly.restore_part, name="restore_part"),
    path("work/", work.work, name="work"),
    path("work/export/", work.work_export, name="work_export"),
    path("duty/", duty.duty_scores, name="duty_scores"),
    path("duty/<int:pk>/", duty.duty_record_page, name="duty_record"),
    path("duty/<int:pk>/sheet/", duty.duty_sheet, name="duty_sheet"),
    path("duty/<int:pk>/contacts/", duty.contact_sheet, name="contact_sheet"),
    path("duty/<int:pk>/release/", duty.release_duty, name="release_duty"),
    path("statistics/", statistics.home, name="home"),
    path("statistics/<slug:kind>/<slug:key>/", statistics.statistics, name="statistics"),
    path("statistics/<slug:kind>/<slug:key>/days/", statistics.days, name="statistics_days"),
    path("statistics/<slug:kind>/<slug:key>/deputies/", statistics.deputy_list, name="statistics_deputies"),
    path("statistics/<slug:kind>/<slug:key>/<slug:table>/export/", statistics.export, name="statistics_export"),
]
