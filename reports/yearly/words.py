"""What the yearly report says by itself: sentences made of the figures, one function a part. Whatever an office writes
instead is kept beside them (``ReportPart``)."""

from __future__ import annotations

from collections.abc import Iterable

from reports.figures import Figures, Group
from reports.work.sections import network
from stations.models import Kind as StationKind
from suggestions.choices import Channel, Kind, ResultKind
from suggestions.figures import Rate
from suggestions.models import PublicResult

STORIES = 3  # as many examples as a report tells


def rate(rate: Rate) -> str:
    """ "92.5%（37/40件）"; a rate of few cases says how many instead."""
    if not rate.whole:
        return "暂无可计算的件数"
    if rate.is_small:
        return f"{rate.part}/{rate.whole}件（件数较少，不计比率）"
    return f"{rate.percent}（{rate.part}/{rate.whole}件）"


def change(now: int, before: int) -> str:
    """ "比上年同期增加3件"."""
    if not before:
        return "上年同期没有数据"
    if now == before:
        return f"与上年同期（{before}件）持平"
    word, more = ("增加", now - before) if now > before else ("减少", before - now)
    return f"比上年同期（{before}件）{word}{more}件"


def listed(parts: Iterable[tuple[str, int]], unit: str = "件") -> str:
    """ "接待日接待12件、网上留言3件", without those that have none."""
    return "、".join(f"{name}{number}{unit}" for name, number in parts if number)


def overview(figures: Figures) -> str:
    now, before = figures.now.tally, figures.before.tally
    came = listed((str(Channel(name).label), number) for name, number in figures.channels.items())
    lines = [
        f"本期全县各级人大代表联络站共收到群众意见建议{now.received}件，{change(now.received, before.received)}。"
        + (f"其中，{came}。" if came else ""),
        f"应答复{now.due}件，已答复{now.answered}件，按时答复率{rate(now.response)}；问题解决率{rate(now.solution)}；"
        f"群众评价满意率{rate(now.satisfaction)}。",
    ]
    return "\n".join(lines)


def handling(figures: Figures) -> str:
    now, results = figures.now, _results(figures)
    lines = []
    if results:
        lines.append(f"已答复的意见中，{results}。")
    if now.median is not None and now.ninety is not None:
        lines.append(
            f"从登记到答复，一半的意见在{now.median}天内答复，九成在{now.ninety}天内答复。"
            if now.tally.answered > 1
            else f"从登记到答复用了{now.median}天。"
        )
    lines.append(f"由乡镇（街道）和村（社区）上报县级办理{now.escalated}件。")
    lines.append(
        f"目前超过办理时限仍未办结{figures.overdue}件。" if figures.overdue else "目前没有超过办理时限的意见。"
    )
    return "\n".join(lines)


def _results(figures: Figures) -> str:
    return listed(
        (str(kind.label), sum(number for (_, result), number in figures.flow.items() if result == kind))
        for kind in ResultKind
    )


def fields(figures: Figures) -> str:
    return _shares("从反映事项看", figures.by_field)


def departments(figures: Figures) -> str:
    worked = [group for group in figures.by_department if group.tally.received]
    if not worked:
        return "本期没有交办承办单位的意见。"
    late = [group.label for group in worked if group.tally.due > group.tally.answered]
    end = f"{'、'.join(late)}有到期未答复的意见。" if late else "各承办单位没有到期未答复的意见。"
    return f"本期共有{len(worked)}个单位主办群众意见。{end}"


def stations(figures: Figures) -> str:
    return _shares("从收到意见的站点看", figures.by_station)


def _shares(opening: str, groups: list[Group]) -> str:
    """In the order of the table: a report describes, it does not rank."""
    said = listed((group.label, group.tally.received) for group in groups)
    return f"{opening}：{said}。" if said else f"{opening}，本期没有收到意见。"


def receptions(figures: Figures) -> str:
    now, before = figures.now.receptions, figures.before.receptions
    if now is None or not (now.due or now.cancelled):
        return "本期没有安排接待日。"
    lines = [
        f"本期应开展代表接待日活动{now.due}次，实际开展{now.held}次"
        + (f"，取消{now.cancelled}次" if now.cancelled else "")
        + f"，接待群众{now.visitors}人次"
        + (f"（上年同期{before.visitors}人次）" if before and before.visitors else "")
        + "。"
    ]
    if now.on_duty:
        share = now.attendance
        percent = f"，到岗率{share.percent}" if share.percent else ""
        lines.append(f"安排代表值班{now.on_duty}人次，到岗{now.signed_in}人次{percent}。")
    return "\n".join(lines)


def work(figures: Figures) -> str:
    """The network in one sentence; what was done in it stands in the table."""
    numbers = {row[0].text: row[1].number or 0 for row in network(figures).rows}
    stations = listed(((str(kind.label), numbers.get(str(kind.label), 0)) for kind in StationKind), unit="个")
    return (
        f"全县建有{stations}，{numbers['编入站点的代表']}名代表编入站点开展活动，"
        f"其中省、市代表{numbers['省、市代表']}名，{numbers['联系县直部门的代表']}名与县直部门建立联系。"
    )


def proposals(figures: Figures) -> str:
    raised = listed((str(kind.label), figures.kinds[kind]) for kind in (Kind.SUGGESTION, Kind.MOTION))
    return f"群众意见转为{raised}。" if raised else "本期没有群众意见转为代表建议或者议案。"


def stories(figures: Figures) -> str:
    """The newest of the results that everybody may read, in their published words."""
    found = PublicResult.objects.public().filter(county=figures.scope.county, result_kind=ResultKind.SOLVED)
    found = found.filter(month__gte=figures.period.first.replace(day=1), month__lte=figures.period.last)
    return "\n".join(
        f"{result.title}。{_sentence(result.matter)}{_sentence(result.answer)}"
        for result in found.order_by("-month", "-pk")[:STORIES]
    )


def _sentence(text: str) -> str:
    said = "".join(text.split())
    return said if said.endswith(("。", "！", "？")) else f"{said}。"


def problems(figures: Figures) -> str:
    """Facts to begin with; what is behind them, the office writes."""
    lines = []
    if figures.overdue:
        lines.append(f"一是仍有{figures.overdue}件意见超过办理时限。")
    discontent = figures.now.tally.votes - figures.now.tally.content
    if discontent:
        lines.append(f"{'二' if lines else '一'}是有{discontent}件意见群众评价为不满意。")
    return "\n".join(lines)


def plans(figures: Figures) -> str:
    """What comes next is for the office alone to say."""
    return ""
