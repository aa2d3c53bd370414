from django.urls import path, register_converter
from django.urls.converters import IntConverter

from portal.views import (
    ballot,
    board,
    calendars,
    drafts_open,
    finding,
    follow,
    held_words,
    looks,
    message,
    places,
    receipt,
    results,
    screen,
    sitemap,
    voice,
    wall,
    wechat,
)

app_name = "portal"


class RowConverter(IntConverter):
    """The id of a row. A longer number is no page: where it is compared with a foreign key, SQLite would raise."""

    regex = "[0-9]{1,18}"


register_converter(RowConverter, "row")

urlpatterns = [
    # finding a station, what it is, who its deputies are
    path("", finding.home, name="home"),
    path("find/", finding.find, name="find"),
    path("find/<int:pk>/", finding.villages, name="villages"),
    path("s/<row:pk>/", places.station, name="station"),
    path("b/<int:pk>/", places.brand, name="brand"),
    path("d/<int:pk>/", places.deputy, name="deputy"),
    path("large-type/", looks.set_type, name="set_type"),
    path("robots.txt", looks.robots, name="robots"),
    path("sitemap.xml", sitemap.index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", sitemap.section, name="sitemap"),
    path("s/<int:pk>/message/", message.leave_message, name="leave_message"),
    # the noticeboard
    path("s/<int:pk>/notices/", board.station_notices, name="station_notices"),
    path("c/<slug:code>/notices/", board.county_notices, name="county_notices"),
    path("s/<int:pk>/board/", wall.station_board, {"size": "a3"}, name="station_board"),
    path("s/<int:pk>/board/a3.pdf", wall.station_board_pdf, name="station_board_pdf"),
    path("s/<int:pk>/board/a4/", wall.station_board, {"size": "a4"}, name="station_board_a4"),
    path("s/<int:pk>/screen/", screen.station_screen, name="station_screen"),
    path("s/<int:pk>/notices/feed.xml", board.station_feed, name="station_feed"),
    path("c/<slug:code>/notices/feed.xml", board.county_feed, name="county_feed"),
    path("n/<int:pk>/", board.notice, name="notice"),
    path("n/<int:pk>/files/<int:file_id>/", board.notice_file, name="notice_file"),
    path("d/<int:pk>/photo/", board.deputy_photo, name="deputy_photo"),
    # results and figures
    path("s/<int:pk>/results/", results.station_results, name="station_results"),
    path("c/<slug:code>/results/", results.county_results, name="county_results"),
    path("r/<int:pk>/", results.result, name="result"),
    path("s/<int:pk>/figures/", results.station_figures, name="station_figures"),
    path("c/<slug:code>/figures/", results.county_figures, name="county_figures"),
    # draft laws open for opinions
    path("c/<slug:code>/laws/", drafts_open.county_drafts, name="county_drafts"),
    path("l/<int:pk>/", drafts_open.draft, name="draft"),
    path("l/<int:pk>/files/<int:file_id>/", drafts_open.draft_file, name="draft_file"),
    path("l/<int:pk>/opinion/", drafts_open.give_opinion, name="give_opinion"),
    path("l/opinion/receipt/", drafts_open.opinion_receipt, name="opinion_receipt"),
    # the message window
    path("message/contact/", message.message_contact, name="message_contact"),
    path("message/check/", message.message_check, name="message_check"),
    path("message/station/", message.message_station, name="message_station"),
    path("message/discard/", message.message_discard, name="message_discard"),
    path("receipt/", receipt.receipt, name="receipt"),
    path("receipt/<str:signed>/", receipt.kept_receipt, name="kept_receipt"),
    path("message/words/", held_words.held_words, name="held_words"),
    # the query window
    path("query/", follow.query, name="query"),
    path("query/case/", follow.case, name="case"),
    path("query/case/rate/", voice.rate, name="rate"),
    path("query/case/withdraw/", voice.withdraw, name="withdraw"),
    path("query/case/consent/", voice.consent, name="consent"),
    path("query/case/supplement/", voice.supplement, name="supplement"),
    path("query/leave/", follow.leave, name="leave"),
    # the secret ballot of the standing committee
    path("v/", ballot.ballot, name="ballot"),
    path("v/look/", ballot.ballot_look, name="ballot_look"),
    path("v/cast/", ballot.ballot_cast, name="ballot_cast"),
    path("v/done/", ballot.ballot_done, name="ballot_done"),
    path("calendar/<str:token>.ics", calendars.calendar, name="calendar"),
    path("wechat/<row:pk>/", wechat.wechat_callback, name="wechat_callback"),
    path("wechat/account/", wechat.wechat_account, name="wechat_account"),
]
