"""One form per action of a case. ``arguments()`` gives what the workflow function of the same name takes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from liaison.lib.fields import DayField, FilesField, LongText, ShortText, field_of
from stations.models import Department, Station
from suggestions.choices import Field, Kind, RefuseReason, ResultKind, Satisfaction
from suggestions.forms_fields import CallField, CaseForm
from suggestions.limits import handling, longest
from suggestions.models import Extension, ExtensionState, Suggestion
from suggestions.similar import by_number, similar_to

if TYPE_CHECKING:
    from accounts.models import User

# What each kind of result means (河南省代表建议办理办法 2017 art 19), so that nobody calls a plan a solution.
RESULTS = [
    (ResultKind.SOLVED, "已解决：已经办好（A 类）"),
    (ResultKind.CONDITIONAL, "有条件解决：条件具备后能办好（B 类）"),
    (ResultKind.PLANNED, "列入计划：已列入计划，每 6 个月回访直到办成（B 类）"),
    (ResultKind.CANNOT, "不能解决：受政策、财力等限制，已作解释（C 类）"),
    (ResultKind.HIGHER, "属上级事权：应由上级办理，已向上反映（C 类）"),
]
YES_NO = [("yes", "是"), ("no", "否"), ("", "没问到")]


class ActionForm(CaseForm):
    intro = ""
    submit_label = ""
    phrases: tuple[str, ...] = ()  # offered above the form's text, to be put in with one press
    phrases_into = "text"

    def __init__(self, *args: Any, case: Suggestion, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user
        self.prepare()
        if "files" in self.fields:
            self.fields["files"] = self.fields.pop("files")  # last, wherever it was inherited from

    def prepare(self) -> None:
        """Fit the fields to the case."""

    @property
    def phrases_id(self) -> str:
        """Of the field that takes the phrases, in the page."""
        return self[self.phrases_into].auto_id

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class FilesForm(ActionForm):
    files = FilesField()  # type: ignore[assignment]  # the form's own ``files`` is something else until it is built


# --- at the desk --------------------------------------------------------------------------


class AcceptForm(ActionForm):
    intro = "受理后由本站研判、交办；来信人可凭编号和查询码看到进展。"
    submit_label = "受理"


class RefuseForm(ActionForm):
    intro = "不予受理的原因会告诉来信人，请选准确。"
    submit_label = "不予受理"
    reason = forms.ChoiceField(label="原因", choices=RefuseReason, widget=forms.RadioSelect)
    note = LongText(
        label="给来信人的说明",
        max_length=1000,
        rows=4,
        required=False,
        placeholder="例如：该事项已由县人民法院立案，请按诉讼程序反映。",
    )


class ClassifyForm(ActionForm):
    submit_label = "保存分类"
    field = forms.ChoiceField(label="领域", choices=Field, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="类别", choices=Kind, widget=forms.RadioSelect)
    title = ShortText(label="标题", max_length=80, help_text="一句话写清哪里的什么事，便于查找。")

    def prepare(self) -> None:
        self.initial = {"field": self.case.field, "kind": self.case.kind, "title": self.case.title, **self.initial}


class EscalateForm(ActionForm):
    submit_label = "上报"
    phrases = ("本级没有权限解决，请县级研究。", "涉及多个乡镇，请县级统筹。", "所需资金超出本级能力，请县级支持。")
    phrases_into = "opinion"
    opinion = LongText(label="上报理由和处理意见", max_length=2000, placeholder="为什么本级解决不了，建议怎样办。")

    def prepare(self) -> None:
        parent = self.case.desk.parent
        self.intro = f"上报后由{parent.name if parent else '上级站'}研判交办，本站仍能看到进展。"


class DelegateForm(ActionForm):
    intro = "下转后由所选站点研判、办理，本站仍能看到进展。"
    submit_label = "下转"
    to = forms.ModelChoiceField(label="转给", queryset=Station.objects.none(), empty_label="请选择站点")
    opinion = LongText(label="处理意见", max_length=2000, rows=4, required=False, placeholder="请他们怎样办。")

    def prepare(self) -> None:
        to: Any = self.fields["to"]
        to.queryset = Station.objects.filter(parent_id=self.case.desk_id, is_active=True)
        below = [one for one in self.user.seats.tree if one.parent_id == self.case.desk_id and one.is_active]
        to.choices = [("", "请选择站点"), *((one.pk, one.name) for one in below)]


class MergeForm(ActionForm):
    intro = "并案后，本件的来访人会收到主件的同一份答复，也可以评价。并案不能撤回。"
    submit_label = "并案"
    into = ShortText(
        label="并入哪一件（编号）",
        max_length=20,
        placeholder="例如 BA2026-00012",
        help_text="写完整编号，或只写最后的数字。",
    )

    def prepare(self) -> None:
        self.similar = similar_to(self.case, self.user)

    def clean_into(self) -> Suggestion:
        main = by_number(self.user, self.case, self.cleaned_data["into"])
        if main is None:
            raise ValidationError("没有找到这个编号，或者您看不到它，请核对。")
        return main

    def arguments(self) -> dict[str, Any]:
        return {"into": self.cleaned_data["into"].pk}


class AssignForm(ActionForm):
    submit_label = "交办"
    phrases = (
        "请调查核实，依法依规办理，并在期限内报告办理结果。",
        "请与来访人见面沟通后办理，办理情况附照片。",
        "请会同协办单位现场查看，提出解决办法。",
    )
    phrases_into = "instruction"
    field = forms.ChoiceField(label="领域", choices=[("", "未分类"), *Field.choices], required=False)
    lead = forms.ModelChoiceField(label="主办单位", queryset=Department.objects.none(), empty_label="请选择主办单位")
    co = forms.ModelMultipleChoiceField(
        label="协办单位",
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "所选协办单位不属于本站，请重新选择。"},
    )
    due_on = DayField(label="办理期限")
    instruction = LongText(label="交办意见", max_length=2000, rows=4, required=False)

    def prepare(self) -> None:
        departments = list(Department.objects.filter(station_id=self.case.desk_id, is_active=True))
        chosen = self.initial.get("field") or self.case.field
        fitting = [one for one in departments if chosen and chosen in one.fields.split(",")]
        rest = [one for one in departments if one not in fitting]
        mine = Department.objects.filter(pk__in=[one.pk for one in departments])
        lead = field_of(self, "lead", forms.ModelChoiceField)
        co = field_of(self, "co", forms.ModelMultipleChoiceField)
        lead.queryset = co.queryset = mine
        lead.error_messages["invalid_choice"] = "所选单位不属于本站，请重新选择。"
        named = [(one.pk, one.name) for one in rest]
        groups: list[Any] = [(f"主管{Field(chosen).label}", [(one.pk, one.name) for one in fitting])] if fitting else []
        groups += [("其他单位", named)] if fitting and rest else named
        lead.choices = [("", "请选择主办单位"), *groups]
        co.choices = [(one.pk, one.name) for one in [*fitting, *rest]]
        where = (self.case.desk, self.case.county.rules, timezone.localdate())
        self.limit = handling(*where, redo=self.case.redo_count > 0, formal=self.case.is_formal)
        self.last = longest(*where, formal=self.case.is_formal)
        self.fields["due_on"].widget.attrs |= {
            "min": (timezone.localdate() + dt.timedelta(days=1)).isoformat(),
            "max": self.last.isoformat(),
        }
        defaults = {"field": self.case.field, "due_on": self.limit.due_on, "instruction": self.phrases[0]}
        if len(fitting) == 1:
            defaults["lead"] = fitting[0].pk
        self.initial = defaults | {key: value for key, value in self.initial.items() if value}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        lead, co = data.get("lead"), data.get("co")
        if lead and co and lead in co:
            self.add_error("co", f"{lead.name}已是主办单位，不用再选作协办。")
        return data

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"co": list(self.cleaned_data["co"])}


class DecideExtensionForm(ActionForm):
    submit_label = "提交审批意见"
    grant = forms.ChoiceField(
        label="审批", choices=[("yes", "批准"), ("no", "不批准")], widget=forms.RadioSelect, initial="yes"
    )
    note = LongText(
        label="意见", max_length=1000, rows=4, required=False, placeholder="不批准时请写明理由，承办单位会看到。"
    )

    def prepare(self) -> None:
        asked = Extension.objects.filter(assignment__suggestion=self.case, state=ExtensionState.ASKED)
        self.extension = asked.select_related("assignment__department", "asked_by").first()

    def arguments(self) -> dict[str, Any]:
        return {"grant": self.cleaned_data["grant"] == "yes", "note": self.cleaned_data["note"]}


# --- at the department --------------------------------------------------------------------


class TakeForm(ActionForm):
    intro = "签收后由本单位在办理期限内办理并报告结果。认为不属于本单位职责的，请“申退”。"
    submit_label = "签收"


class ObjectForm(ActionForm):
    intro = "申退后由交办的站点重新研判交办。承办单位不得自行转给其他单位（河南省代表建议办理办法第十四条）。"
    submit_label = "申退"
    phrases_into = "reason"
    phrases = ("该事项不属于本单位职责范围。", "建议由以下单位办理：")
    reason = LongText(label="申退理由", max_length=2000, placeholder="为什么不属于本单位职责，建议由哪个单位办理。")


class ReportForm(FilesForm):
    submit_label = "报告办理结果"
    result_kind = forms.ChoiceField(label="办理结果", choices=RESULTS, widget=forms.RadioSelect)
    text = LongText(
        label="办理情况",
        max_length=8000,
        rows=10,
        placeholder="做了什么、什么时候做的、现在怎样。会转给接待代表，由其回复选民，请写得让群众看得懂。",
    )
    handler = ShortText(label="承办人", max_length=20, required=False)
    handler_phone = CallField(label="承办人电话")
    document_number = ShortText(label="文号", max_length=40, required=False, placeholder="有答复函的填写")

    def prepare(self) -> None:
        self.initial = {"handler": self.user.name[:20], "handler_phone": self.user.phone or "", **self.initial}


class AdviseForm(FilesForm):
    intro = "协办意见送给主办单位，由主办单位汇总办理。"
    submit_label = "送协办意见"
    text = LongText(label="协办意见", max_length=8000, placeholder="本单位负责的部分怎样办、什么时候办。")


class AskExtensionForm(ActionForm):
    submit_label = "申请延期"
    phrases_into = "reason"
    phrases = ("正在走招标程序。", "受天气影响，暂不能施工。", "需要协调其他单位。")
    new_due_on = DayField(label="延至")
    reason = LongText(label="理由", max_length=2000, rows=5, placeholder="为什么不能按期办完，已经办到哪一步。")

    def prepare(self) -> None:
        current = self.case.assignments.filter(is_current=True, role="lead").first()
        if current is None:
            return
        start = timezone.localdate(current.assigned_at)
        self.due_on, self.last = (
            current.due_on,
            longest(self.case.desk, self.case.county.rules, start, formal=self.case.is_formal),
        )
        first = max(current.due_on, timezone.localdate()) + dt.timedelta(days=1)
        self.fields["new_due_on"].widget.attrs |= {"min": first.isoformat(), "max": self.last.isoformat()}
        self.fields[
            "new_due_on"
        ].help_text = (
            f"原期限 {current.due_on:%Y年%-m月%-d日}，最迟可延至 {self.last:%Y年%-m月%-d日}。批准前仍按原期限。"
        )


# --- the way back to the voter ------------------------------------------------------------


class NoteForm(ActionForm):
    note = LongText(label="说明", max_length=1000, rows=3, required=False)


class HandOverForm(NoteForm):
    submit_label = "反馈代表"

    def prepare(self) -> None:
        deputy = self.case.deputy
        if self.case.is_formal:
            self.intro = "请核对办理结果。没有问题就答复代表：领衔和附议的代表都会收到，并请他们填征询意见；办得不够的，请“退回重办”。"
            self.submit_label = "答复代表"
            return
        to = f"{deputy.name}代表，由其回复选民" if deputy else "本站，由本站回复选民（这件意见没有接待代表）"
        self.intro = f"请核对办理结果。没有问题就反馈给{to}；办得不够的，请“退回重办”。"
        self.fields["note"].label = "给代表的话" if deputy else "说明"


class ReturnResultForm(NoteForm):
    intro = "请核对办理结果，转回来源的乡镇（街道）联络站，由其反馈给接待代表。"
    submit_label = "转回"


class SendBackForm(ActionForm):
    intro = "退回后承办单位继续办理，重新报告结果。"
    submit_label = "退回重办"
    phrases_into = "reason"
    phrases = ("办理情况不具体，请说明做了什么。", "请附现场照片。", "没有与来访人沟通，请联系后补充。")
    reason = LongText(label="退回理由", max_length=2000, rows=5, placeholder="哪里办得不够，要补办什么。")
    due_on = DayField(label="新的期限", required=False, help_text="不填的，按规则至少给 10 个工作日。")


class TextForm(FilesForm):
    text = LongText(label="内容", max_length=8000, rows=8)


class ReplyForm(TextForm):
    submit_label = "回复选民"
    phrases = (
        "您反映的问题已经办理，情况如下：",
        "感谢您对家乡建设的关心。",
        "如果还有不清楚的地方，请到联络站找我。",
    )

    def prepare(self) -> None:
        deputy, text = self.case.deputy, self.fields["text"]
        text.label = "回复内容"
        text.widget.attrs["placeholder"] = "用群众听得懂的话，说清办了什么、结果怎样。选民凭编号和查询码能看到这段话。"
        if deputy and deputy.pk not in self.user.seats.deputy_ids:
            self.intro = f"这件意见由{deputy.name}代表接待。您代其回复，记录中会注明。"


class AnswerForm(TextForm):
    intro = "当场就能说清、办好的，直接答复，不再交办；选民可以评价，不满意的再交办。"
    submit_label = "当场答复"
    phrases = ("已当场解释清楚有关政策。", "已当场联系有关单位解决。", "按照规定：")

    def prepare(self) -> None:
        self.fields["text"].label = "答复内容"
        self.fields["text"].widget.attrs["placeholder"] = "怎样答复的。选民凭编号和查询码能看到这段话。"


class RateForm(ActionForm):
    intro = "电话或当面回访后代选民登记评价，记录中会注明由您登记。不满意的须写明原因，并重新办理一次。"
    submit_label = "登记评价"

    def prepare(self) -> None:
        if self.case.is_formal:
            self.intro = "登记领衔代表在征询意见表上的意见，记录中会注明由谁登记。不满意的须写明原因，并重新办理一次。"

    satisfaction = forms.ChoiceField(label="满意程度", choices=Satisfaction, widget=forms.RadioSelect)
    reason = LongText(
        label="原因和原话", max_length=1000, rows=4, required=False, placeholder="不满意的请写明哪里不满意。"
    )
    replied = forms.ChoiceField(label="收到回复了吗", choices=YES_NO, widget=forms.RadioSelect, required=False)
    understood = forms.ChoiceField(label="回复看得明白吗", choices=YES_NO, widget=forms.RadioSelect, required=False)
    solved = forms.ChoiceField(label="问题解决了吗", choices=YES_NO, widget=forms.RadioSelect, required=False)
    in_time = forms.ChoiceField(label="办得及时吗", choices=YES_NO, widget=forms.RadioSelect, required=False)

    def arguments(self) -> dict[str, Any]:
        answers = {"yes": True, "no": False, "": None}
        asked = {name: answers[self.cleaned_data[name]] for name in ("replied", "understood", "solved", "in_time")}
        return dict(self.cleaned_data) | asked


class ArchiveForm(ActionForm):
    intro = "归档后不再请选民评价。没有特别情况的，等选民评价或到期自动归档。"
    submit_label = "归档"


class AssessForm(TextForm):
    intro = "选民再次不满意，由县级组织承办单位、代表和有关专家评估（河南省代表建议办理办法第二十二条）。登记后归档。"
    submit_label = "登记评估结论"

    def prepare(self) -> None:
        self.fields["text"] = LongText(
            label="评估结论", max_length=4000, rows=8, placeholder="何时、哪些人参加、怎样评估、结论和处理意见。"
        )


class FollowUpForm(ActionForm):
    submit_label = "登记回访"
    done = forms.ChoiceField(
        label="列入计划的事项现在", choices=[("no", "还在办"), ("yes", "已经办成")], widget=forms.RadioSelect
    )
    text = LongText(label="进展", max_length=2000, rows=5, placeholder="办到哪一步，预计什么时候办成。")

    def arguments(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "done": self.cleaned_data["done"] == "yes"}


# --- pressing on --------------------------------------------------------------------------


class UrgeForm(NoteForm):
    submit_label = "催办"
    phrases_into = "note"
    phrases = ("期限将到，请抓紧办理。", "已经逾期，请尽快办结并说明原因。")


class SuperviseForm(NoteForm):
    intro = "督办由县人大常委会代表工委发出，承办单位和当前站点都会收到通知，并在意见上注明。"
    submit_label = "督办"


class RemarkForm(FilesForm):
    intro = "记下电话沟通、现场查看等情况。能看到这件意见的工作人员、代表和承办单位都看得到，选民看不到。"
    submit_label = "记下"
    note = LongText(label="记事", max_length=2000, rows=5, placeholder="什么时候、和谁、怎样。")
