"""The closed lists of the case, with the words people see."""

from django.db import models

from stations.fields import Field as Field


class Kind(models.TextChoices):
    OPINION = "opinion", "群众意见"
    SUGGESTION = "suggestion", "代表建议"
    MOTION = "motion", "议案"


class Channel(models.TextChoices):
    RECEPTION = "reception", "接待日"
    VISIT = "visit", "走访"
    PHONE = "phone", "电话"
    LETTER = "letter", "来信"
    WEB = "web", "网上留言"
    WECHAT = "wechat", "微信公众号"
    SESSION = "session", "会议期间"


STAFF_CHANNELS = (Channel.RECEPTION, Channel.VISIT, Channel.PHONE, Channel.LETTER, Channel.SESSION)


class State(models.TextChoices):
    SUBMITTED = "submitted", "待受理"
    REGISTERED = "registered", "已登记"
    ASSIGNED = "assigned", "已交办"
    HANDLING = "handling", "办理中"
    REPORTED = "reported", "已办理"
    HANDED_OVER = "handed_over", "待回复"
    REPLIED = "replied", "已回复"
    ASSESSING = "assessing", "评估中"
    CLOSED = "closed", "已归档"
    MERGED = "merged", "已并案"
    REFUSED = "refused", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"


END_STATES = (State.CLOSED, State.REFUSED, State.WITHDRAWN)
# merged waits for the main case, which has the limit
OPEN_STATES = tuple(state for state in State if state not in (*END_STATES, State.MERGED))


class RefuseReason(models.TextChoices):
    COURT = "court", "已由人民法院受理"
    PROCURATORATE = "procuratorate", "已由人民检察院受理"
    ARBITRATION = "arbitration", "已进入仲裁程序"
    RECONSIDERATION = "reconsideration", "已申请行政复议"
    OUTSIDE = "outside", "不属于代表联络站受理范围"
    VAGUE = "vague", "没有具体事项"


class ResultKind(models.TextChoices):
    """河南省代表建议办理办法 2017 art 19; the grades A/B/C derive from these."""

    SOLVED = "solved", "已解决"
    CONDITIONAL = "conditional", "有条件解决"
    PLANNED = "planned", "列入计划"
    CANNOT = "cannot", "不能解决"
    HIGHER = "higher", "属上级事权"


GRADES = {
    ResultKind.SOLVED: "A",
    ResultKind.CONDITIONAL: "B",
    ResultKind.PLANNED: "B",
    ResultKind.CANNOT: "C",
    ResultKind.HIGHER: "C",
}


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    NOT = "not", "不满意"


class AgeBand(models.TextChoices):
    UNDER_18 = "under_18", "18 岁以下"
    TO_35 = "to_35", "18—35 岁"
    TO_59 = "to_59", "36—59 岁"
    FROM_60 = "from_60", "60 岁以上"


class LimitRule(models.TextChoices):
    """Which clock runs; the number behind each is a field of ``stations.Rules`` of the same name."""

    ACCEPT = "accept_days", "网上留言受理"
    TRIAGE = "triage_days", "研判"
    REDECIDE = "redecide_days", "申退后重新交办"
    TAKE = "take_days", "承办单位签收"
    COUNTY = "county_months", "县级办理"
    TOWNSHIP = "township_days", "乡镇办理"
    REDO = "redo_months", "重办"
    HAND_OVER = "hand_over_days", "反馈代表"
    REPLY = "reply_days", "代表回复选民"
    ARCHIVE = "archive_days", "等待评价"
    ASSESS = "assess_months", "评估"
    CO_HANDLER = "co_handler_months", "协办意见"
    BY_HAND = "by_hand", "交办时指定"
    EXTENDED = "extended", "批准延期"
