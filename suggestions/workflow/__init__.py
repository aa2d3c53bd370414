"""The one place that changes a case: a function per action of ``transitions.TRANSITIONS``.

Each takes the case's id and keyword arguments: ``by`` (a user, or ``Voice.VOTER`` / ``Voice.CLOCK``), ``at`` (when it
happened, now by default), ``version`` (the one the page showed). Each returns the case as it is afterwards and raises
what :func:`suggestions.steps.step` raises. Called as ``workflow.assign(pk, …)``: what is inside is nobody else's.
"""

from suggestions.registration import register, submit
from suggestions.workflow.department import advise, ask_extension, decide_extension, object_, report, take
from suggestions.workflow.desk import accept, assign, classify, delegate, escalate, merge, refuse
from suggestions.workflow.ending import archive, assess, follow_up, rate, withdraw
from suggestions.workflow.pressing import consent, remark, supervise, supplement, urge
from suggestions.workflow.transfer import transfer, transfer_deputy
from suggestions.workflow.way_back import answer, hand_over, reply, return_result, send_back

__all__ = [
    "accept",
    "advise",
    "answer",
    "archive",
    "ask_extension",
    "assess",
    "assign",
    "classify",
    "consent",
    "decide_extension",
    "delegate",
    "escalate",
    "follow_up",
    "hand_over",
    "merge",
    "object_",
    "rate",
    "refuse",
    "register",
    "remark",
    "reply",
    "report",
    "return_result",
    "send_back",
    "submit",
    "supervise",
    "supplement",
    "take",
    "transfer",
    "transfer_deputy",
    "urge",
    "withdraw",
]
