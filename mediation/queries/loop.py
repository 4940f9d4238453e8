"""The closed loop of a county and year in figures: prevention, detection, mediation, litigation, petition."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from mediation.extensions import db
from mediation.models import (
    Activity,
    Agency,
    Case,
    Commission,
    Inquiry,
    Lead,
    Letter,
    SideProcedure,
    Station,
    Supervision,
)
from mediation.queries import door, prevention
from mediation.rules import words
from mediation.rules.access import Actor
from mediation.rules.language import Text


class Figure(NamedTuple):
    """A number, and how it is reckoned."""

    label: Text
    value: int
    how: Text


class Group(NamedTuple):
    """One link of the loop."""

    label: Text
    figures: Sequence[Figure]


def build(actor: Actor, year: int, station: Station | None = None) -> list[Group]:
    """All six links for the actor's reach, or one union below it."""
    return [make(_Span(actor, date(year, 1, 1), date(year, 12, 31), station)) for make in GROUPS]


def unions(actor: Actor) -> list[Station]:
    """The unions whose figures the actor may see, by their place in the tree."""
    return list(db.session.scalars(select(Station).where(
        Station.id == Station.union_id, Station.is_active.is_(True), Station.kind == "union",
        or_(Station.path.startswith(actor.station_path or "-", autoescape=True), Station.id == actor.union_id))
        .order_by(Station.path)))


class _Span(NamedTuple):
    actor: Actor
    first: date
    last: date
    station: Station | None

    def during(self, column) -> ColumnElement[bool]:
        return column.between(self.first, self.last)

    def of(self, model: type) -> ColumnElement[bool]:
        union = model.union_id == self.station.id if self.station else true()
        return and_(prevention.rows_of(model, self.actor, "prevention.read"), union)

    def cases(self) -> ColumnElement[bool]:
        union = Case.union_id == self.station.id if self.station else true()
        return and_(door.filter_for(self.actor), union)


def _count(model: type, *where: ColumnElement[bool], what=None) -> int:
    return int(db.session.scalar(select(func.count() if what is None else func.coalesce(func.sum(what), 0)).select_from(
        model).where(*where)) or 0)


def _of_cases(model: type, span: _Span, *where: ColumnElement[bool]) -> int:
    """Rows of readable cases."""
    return int(db.session.scalar(select(func.count()).select_from(model).join(Case, Case.id == model.case_id).where(
        span.cases(), *where)) or 0)


def _prevention(span: _Span) -> Group:
    asked = (span.of(Inquiry), span.during(Inquiry.asked_on))
    done = (span.of(Activity), span.during(Activity.done_on))
    held = Activity.kind.in_(("lecture", "stand"))
    return Group(Text("普法预防", "Prevention"), (
        Figure(Text("法律咨询（人次）", "Inquiries"), _count(Inquiry, *asked), Text("按咨询日期", "by the day of asking")),
        Figure(Text("走访企业（次）", "Visits to employers"), _count(Activity, *done, Activity.kind == "visit"),
               Text("按活动日期", "by the day of the visit")),
        Figure(Text("讲座、宣传（场）", "Lectures and stands"), _count(Activity, *done, held),
               Text("按活动日期", "by the day")),
        Figure(Text("参加人数", "People reached"), _count(Activity, *done, what=Activity.people),
               Text("活动人数相加，可能重复", "sum over the activities, with repetitions"))))


def _detection(span: _Span) -> Group:
    found = (span.of(Lead), span.during(Lead.found_on))
    return Group(Text("前端排查", "Detection"), (
        Figure(Text("发现线索", "Leads found"), _count(Lead, *found), Text("按发现日期", "by the day found")),
        Figure(Text("其中就地化解", "Settled on the spot"), _count(Lead, *found, Lead.state == "settled"),
               Text("上列线索中", "of these leads")),
        Figure(Text("其中转为案件", "Became cases"), _count(Lead, *found, Lead.case_id.is_not(None)),
               Text("上列线索中", "of these leads"))))


def _mediation(span: _Span) -> Group:
    accepted = and_(span.cases(), span.during(Case.accepted_on), Case.outcome != "DUPLICATE")
    return Group(Text("中端调解", "Mediation"), (
        Figure(Text("受理", "Accepted"), _count(Case, accepted), Text("按受理日期，不含重复", "by acceptance, no duplicates")),
        Figure(Text("其中化解", "Settled"), _count(Case, accepted, Case.outcome.in_(words.SUCCESS)),
               Text("上列案件中达成协议或和解", "of these, with an agreement or settlement")),
        Figure(Text("会诊（案次）", "Joint consultations"), _count(Case, accepted, what=Case.joint_count),
               Text("上列案件的会诊次数相加", "sum over these cases")),
        Figure(Text("法院、仲裁委派委托", "Sent by court or arbitration"), _count(Case, accepted,
                                                                         Case.channel.in_(tuple("EFGH"))),
               Text("上列案件中", "of these"))))


def _litigation(span: _Span) -> Group:
    asked = span.during(SideProcedure.requested_on)
    went = ("TO_COURT", "TO_ARBITRATION")
    return Group(Text("末端诉讼", "Litigation"), (
        Figure(Text("转仲裁、退回法院", "To arbitration or court"),
               _count(Case, span.cases(), span.during(Case.concluded_on), or_(
                   Case.outcome.in_(went), Case.referred_to.in_(went))), Text("按结果日期", "by the day of the outcome")),
        Figure(Text("司法确认、仲裁审查、支付令等", "Confirmation, review, payment order …"),
               _of_cases(SideProcedure, span, asked), Text("按申请日期", "by the day of asking"))))


def _supervision(span: _Span) -> Group:
    sent = (span.of(Letter), span.during(Letter.sent_on))
    kinds = tuple(Figure(Text(word.zh, word.en), _count(Letter, *sent, Letter.kind == code),
                         Text("按发出日期", "by the day sent")) for code, word in words.LETTER_KINDS.items())
    return Group(Text("全程监督", "Supervision"), (
        *kinds, Figure(Text("其中已整改", "Put right"), _count(Letter, *sent, or_(
            Letter.rectified_on.is_not(None), Letter.is_rectified.is_(True))), Text("上列文书中", "of these letters")),
        Figure(Text("案件催办、督办", "Reminders on cases"), _of_cases(Supervision, span, span.during(Supervision.made_on)),
               Text("按催办日期", "by the day"))))


def _petition(span: _Span) -> Group:
    bodies = select(Agency.id).where(Agency.kind == "petition")
    return Group(Text("信访兜底", "Petition"), (
        Figure(Text("与信访局往来", "Letters with the petition office"),
               _of_cases(Commission, span, Commission.agency_id.in_(bodies), span.during(Commission.sent_on)),
               Text("按来去函日期", "by the day of the letter")),))


GROUPS = (_prevention, _detection, _mediation, _litigation, _supervision, _petition)
