from django.urls import path

from suggestions.views import (
    actions,
    attachments,
    case,
    desk,
    ledger,
    my_work,
    paper,
    register,
    register_sheet,
    triage,
)

app_name = "suggestions"

ACTIONS = (
    "accept",
    "refuse",
    "classify",
    "assign",
    "escalate",
    "delegate",
    "merge",
    "decide_extension",
    "take",
    "report",
    "advise",
    "ask_extension",
    "return_result",
    "hand_over",
    "send_back",
    "reply",
    "answer",
    "rate",
    "archive",
    "assess",
    "follow_up",
    "urge",
    "supervise",
    "remark",
)

urlpatterns = [
    path("work/", my_work.my_work, name="my_work"),
    path("cases/", ledger.ledger, name="ledger"),
    path("cases/export/", ledger.export, name="export"),
    path("triage/", triage.triage, name="triage"),
    path("desk/", desk.today, name="desk_today"),
    path("desk/<int:pk>/", desk.desk, name="desk"),
    path("desk/<int:pk>/known/", desk.recognised, name="recognised"),
    path("desk/<int:pk>/sheet/", register_sheet.register_sheet, name="register_sheet"),
    path("cases/register/", register.register, name="register"),
    path("cases/register/guess/", register.guess, name="guess"),
    path("cases/<int:pk>/receipt/", register.receipt, name="receipt"),
    path("cases/<int:pk>/", case.case, name="case"),
    path("cases/<int:pk>/contact/", case.contact, name="contact"),
    path("cases/<int:pk>/erase/", case.erase, name="erase"),
    path("cases/<int:pk>/limit/", case.limit, name="limit"),
    path("cases/<int:pk>/files/<int:file_id>/", attachments.attachment, name="attachment"),
    path("cases/<int:pk>/order/<int:assignment_id>/", paper.assignment_order, name="assignment_order"),
    path("cases/<int:pk>/letter/<int:assignment_id>/", paper.reply_letter, name="reply_letter"),
    path("cases/<int:pk>/opinion-form/", paper.opinion_form, name="opinion_form"),
    path("cases/<int:pk>/motion-sheet/", paper.motion_sheet, name="motion_sheet"),
    path("cases/<int:pk>/file/", paper.case_file, name="case_file"),
    path("cases/<int:pk>/object/", actions.object_, name="object"),  # Python has the name already
    *(path(f"cases/<int:pk>/{action}/", getattr(actions, action), name=action) for action in ACTIONS),
]
