"""A joint consultation in words: who came with which opinion, what was decided, who does what until when."""
from __future__ import annotations

from mediation.models import Case, Consultation, ConsultationOpinion
from mediation.papers.view import NOTHING, View, day, moment
from mediation.rules import words


def consult_of(row: Consultation, case: Case) -> View:
    """As the file of one case has it: of the other cases it says only how many there were."""
    voices = sorted(row.opinions, key=lambda one: one.id)
    own = (one for one in row.letters if one.kind == "task" and one.case_id == case.id)
    tasks = sorted(own, key=lambda one: one.id)
    return View(
        row, body=row.union.legal_body or row.union.name, held=moment(row.held_on or row.planned_on, row.planned_time),
        others=len(row.cases) - 1 or "",
        voices=tuple(View(name=one.agency.name, who=_who(one), opinion=one.opinion + _how(one))
                     for one in voices) or (NOTHING,) * 3,
        tasks=tuple(View(what=one.purpose, body=one.agency.name, due=day(one.reply_due_on))
                    for one in tasks) or (NOTHING,) * 2)


def _who(voice: ConsultationOpinion) -> str:
    return voice.who + ("（未到会）" if voice.is_present is False else "")


def _how(voice: ConsultationOpinion) -> str:
    """How an opinion came that the body did not write or say itself."""
    is_told = voice.opinion and voice.is_entered_for and voice.way in words.REPLY_WAYS and voice.way != "person"
    return f"（{words.REPLY_WAYS[voice.way].zh}，代录）" if is_told else ""
