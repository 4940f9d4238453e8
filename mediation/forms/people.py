"""The pages of parties, claims and employers: what is typed, read into the values that the services want.

The forms refuse only what they cannot read; what must be there is said by the services, all at once.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from mediation.forms.base import Area, BaseForm, Day, Line, ListArea, NumberLine, People, Select, Share, Sum, spoken
from mediation.forms.cases.moves import Chips, Pick, Ticks, row_id
from mediation.models import Case, Claim, Employer, Party
from mediation.rules import words
from mediation.rules.language import Word
from mediation.rules.people import corrections, headcounts
from mediation.rules.people.worker_list import ALL_MONTHS, Choice
from mediation.services.money import claims
from mediation.services.people import employers, parties

NAME_LENGTH = 100


def choices(table: Mapping[str, Word], empty: str = "") -> list[tuple[str, str]]:
    """A vocabulary as choices in the reader's language; ``empty`` is the line for nothing chosen."""
    rows = [(code, word.say(spoken())) for code, word in table.items()]
    return [("", empty), *rows] if empty else rows


class PartyForm(BaseForm):
    """What both sides have in common. ``clear`` takes away numbers that are not shown."""

    part = Chips(_l("身份"))
    name = Line(_l("姓名或名称"), limit=NAME_LENGTH)
    phone = NumberLine(_l("电话"), limit=60)
    phone_note = Line(_l("没电话，找谁转告"), limit=100)
    id_type = Pick(_l("证件种类"))
    identity = NumberLine(_l("证件号"), limit=60)
    is_identity_seen = BooleanField(_l("看过原件"))
    address = Line(_l("住址"), limit=200)
    clear = Ticks(_l("清掉已记的"))
    reason = Line(_l("为什么改"), limit=200)

    side = ""
    columns: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.part.choices = list(choices(parties.PARTS_OF_SIDE[self.side]))
        self.id_type.choices = choices(words.ID_TYPES)
        self.clear.choices = []
        for name in ("part", "name"):
            self[name].flags.required = True

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the service's values."""
        names = ("part", "name", "phone", "phone_note", "identity", "is_identity_seen", "address", *self.columns)
        found = {name: self[name].data for name in names}
        return {**found, "side": self.side, "id_type": self.id_type.data or "resident"}

    def offer_clearing(self, party: Party, shows_phone: bool) -> None:
        """Numbers that stand on the row and are not shown can only be replaced, or cleared by a tick."""
        hidden = {"identity": _l("证件号"), "account": _l("收款账号")} | ({} if shows_phone else {"phone": _l("电话")})
        self.clear.choices = [(name, str(label)) for name, label in hidden.items()
                              if getattr(party, f"{name}_sealed") and name in self]

    def cleared(self, party: Party, shows_phone: bool) -> set[str]:
        taken = {name for name in self.clear.data or () if not self[name].data}
        return taken | ({"phone"} if shows_phone and party.phone_sealed and not self.phone.data else set())


class ApplicantForm(PartyForm):
    """A worker, next of kin, agent or workers' representative; with the first claim when newly added."""

    name = Line(_l("姓名"), limit=NAME_LENGTH)
    name_other = Line(_l("蒙古文或其他文字姓名"), limit=NAME_LENGTH)
    headcount = People(_l("一共几人"))
    acts_for_id = Pick(_l("替谁来的"))
    authority = Ticks(_l("委托权限"))
    language = Chips(_l("说什么话"))
    is_interpreter_needed = BooleanField(_l("要翻译"))
    interpreter = Line(_l("翻译"), limit=60)
    ethnicity = Line(_l("民族"), limit=20)
    died = Day(_l("已去世：哪天"), needs_exact=False)
    kinship = Pick(_l("是他的"))
    kin_share = Share(_l("分得份额"))
    payee_name = Line(_l("收款人（不是本人才写）"), limit=NAME_LENGTH)
    account = NumberLine(_l("收款账号"), limit=60)
    head = Pick(_l("要什么"))
    amount_fen = Sum(_l("金额"))
    is_about = BooleanField(_l("约"))

    side = "applicant"
    columns = ("name_other", "headcount", "authority", "language", "is_interpreter_needed", "interpreter", "ethnicity",
               "payee_name", "account")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.authority.choices = choices(words.AUTHORITIES)
        self.language.choices = choices(words.LANGUAGES)
        self.kinship.choices = choices(words.KINSHIPS, "—")
        self.head.choices = choices(words.HEADS, "—")

    def offer_workers(self, people: list[Party]) -> None:
        self.acts_for_id.choices = [("", "—"), *((str(p.id), p.name) for p in people)]

    def values(self) -> dict[str, Any]:
        found = super().values()
        died_on = self.died.data
        found |= {"died_on": died_on, "died_told": "" if died_on else self.died.typed[:60],
                  "kinship": self.kinship.data or "", "kin_share": self.kin_share.data or ""}
        count = 1 if found["headcount"] is None else found["headcount"]
        return {**found, "acts_for_id": row_id(self.acts_for_id.data), "headcount": count,
                "headcount_told": self.headcount.words,
                "authority": list(found["authority"] or ()), "language": found["language"] or ""}

    def claim(self) -> dict[str, Any] | None:
        """The first claim, where one was named."""
        if not self.head.data and self.amount_fen.data is None:
            return None
        return {"head": self.head.data, "amount_fen": self.amount_fen.data,
                "precision": "about" if self.is_about.data else "exact"}


class RespondentForm(PartyForm):
    """The other side as the worker tells it."""

    name = Line(_l("单位或老板"), limit=NAME_LENGTH)
    is_person = BooleanField(_l("是个人，不是单位"))
    as_told = Line(_l("他的原话"), limit=300)
    site = Line(_l("工地或项目"), limit=200)

    side = "respondent"
    columns = ("is_person", "site")

    def values(self) -> dict[str, Any]:
        return {**super().values(), "as_told": self.as_told.data or self.name.data or ""}


FORMS: dict[str, type[PartyForm]] = {"applicant": ApplicantForm, "respondent": RespondentForm}


def party_form(side: str, case: Case, party: Party | None = None, shows_phone: bool = False, **options: Any) -> Any:
    """The form of a new party, or of one that stands, filled with what may be shown of it."""
    shown = _shown(party, shows_phone) if party else {"headcount": 1, "part": _usual_part(side)}
    form = FORMS[side](data=shown, **options)
    if isinstance(form, ApplicantForm):
        form.offer_workers([p for p in parties.principals(case) if p is not party])
        if party is not None and not form.is_submitted():
            form.died.typed = party.died_told
    if party is not None:
        form.offer_clearing(party, shows_phone)
    if not form.is_submitted():
        form.version.data = str(case.version)
    return form


def _usual_part(side: str) -> str:
    return "worker" if side == "applicant" else "unknown"


def _shown(party: Party, shows_phone: bool) -> dict[str, Any]:
    names = ("part", "name", "phone_note", "id_type", "is_identity_seen", "address", "name_other", "headcount",
             "authority", "language", "is_interpreter_needed", "interpreter", "ethnicity", "payee_name", "is_person",
             "as_told", "site", "kinship", "kin_share")
    found = {name: getattr(party, name) for name in names}
    said = party.case.as_told.get("headcount", "")
    if said and headcounts.read_people(said).value == party.headcount:
        found["headcount"] = said  # the row that it was said of
    return {**found, "died": party.died_on, "acts_for_id": str(party.acts_for_id or ""),
            "phone": party.phone if shows_phone else ""}


class ReasonForm(BaseForm):
    """Why something is struck out or given up; stands on one page with the form of the same thing."""

    out_reason = Line(_l("原因"), limit=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.out_reason.flags.required = True

    def find_field(self, name: str) -> Any:
        return self._fields.get("out_reason" if name == "reason" else name)


class ConfirmForm(BaseForm):
    """What a correction waits for: a second person's word, or the worker's own in writing."""

    way = Chips(_l("怎么确认的"), choices=lambda: choices(corrections.WAYS))
    note = Line(_l("说明"), limit=200)

    def offer(self, field: str) -> None:
        """Whoever died confirms nothing."""
        if field == "died":
            self.way.choices = [(code, word) for code, word in self.way.choices if code != "worker"]


class RevealForm(BaseForm):
    """Why somebody looks at what stood before a correction."""

    reason = Chips(_l("为了什么看"), choices=lambda: choices(words.REVEAL_REASONS))


class RepresentativesForm(BaseForm):
    """Who speaks for the group."""

    representatives = Ticks(_l("职工代表"))

    def chosen(self) -> list[int]:
        return [found for value in self.representatives.data or () if (found := row_id(value))]


class SumColumn(Select):
    """Which column of a list says what is owed; the choices are those of the list as it was read."""

    def __init__(self, label: str = "", **kwargs: Any):
        super().__init__(label, choices=[], validate_choice=False, **kwargs)

    @property
    def place(self) -> int | None:
        said = str(self.data or "")
        return ALL_MONTHS if said == str(ALL_MONTHS) else row_id(said)

    def offer(self, choices: Iterable[Choice], chosen: int | None) -> None:
        """``chosen``: the place of the column that was read."""
        self.choices = [("", str(_l("请选"))), *((str(one.place), one.label.say(spoken())) for one in choices)]
        self.data = "" if chosen is None else str(chosen)


class ListForm(BaseForm):
    """A pasted list; ``seen`` is the digest of the text whose preview was looked at."""

    lines = ListArea(_l("名单"), limit=200_000)
    head = Pick(_l("这些钱是"))
    out_of = Pick(_l("这些人原来算在哪一行里"))
    column = SumColumn(_l("哪一列是欠的钱"))
    seen = HiddenField()
    file = HiddenField()  # the file of the case from which the lines were read

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.head.choices = choices(words.HEADS)

    def offer_rows(self, people: list[Party]) -> None:
        """Rows that stand for people without a name."""
        rows = [(str(p.id), f"{p.name} · {p.headcount}") for p in people if p.headcount > 1]
        self.out_of.choices = [("", str(_l("不是，都是另外的人"))), *rows]


class ResolveForm(BaseForm):
    """Who a respondent as told really is: one of the register, a new one, or a natural person."""

    who = Chips(_l("查明是"))
    part = Chips(_l("在用工链条里是"))
    name = Line(_l("单位全称或本人姓名"), limit=200)
    short_name = Line(_l("简称"), limit=60)
    credit_code = NumberLine(_l("统一社会信用代码"), limit=60)
    legal_person = Line(_l("法定代表人"), limit=60)
    id_type = Pick(_l("证件种类"))
    identity = NumberLine(_l("证件号"), limit=60)
    identity_note = Line(_l("没有证件号，原因"), limit=200)
    phone = NumberLine(_l("电话"), limit=60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.part.choices = choices(words.RESPONDENT_PARTS)
        self.id_type.choices = choices(words.ID_TYPES)
        self.who.flags.required = True

    def offer(self, rows: list[Employer]) -> None:
        found = [(str(row.id), " ".join(filter(None, (row.name, row.credit_code)))) for row in rows]
        self.who.choices = [*found, ("new", str(_l("登记为新单位"))), ("person", str(_l("是自然人，不是单位")))]

    def employer_values(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("name", "short_name", "credit_code", "legal_person", "phone")}

    def person_values(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in ("name", "id_type", "identity", "identity_note", "phone")}


class ClaimForm(BaseForm):
    """One claim of one worker."""

    party = Pick(_l("谁要"))
    head = Pick(_l("要什么"))
    amount_fen = Sum(_l("金额"))
    is_about = BooleanField(_l("约"))
    from_told = Line(_l("从"), limit=40)
    to_told = Line(_l("到"), limit=40)
    note = Line(_l("怎么算的"), limit=300)
    reason = Line(_l("为什么改"), limit=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.head.choices = choices(words.HEADS, "—")
        for name in ("party", "head", "reason"):
            self[name].flags.required = True

    def offer_workers(self, people: list[Party]) -> None:
        self.party.choices = [("", "—"), *((str(p.id), p.name) for p in people)]

    def values(self) -> dict[str, Any]:
        found = {name: self[name].data for name in claims.COLUMNS if name in self}
        return {**found, "precision": "about" if self.is_about.data else "exact"}


def claim_form(case: Case, claim: Claim | None = None, party_id: str = "", **options: Any) -> ClaimForm:
    """The form of a new claim (of the worker named), or of one that stands."""
    people = [p for p in parties.active(case, "applicant") if p.part != "agent"]
    if claim is None:
        only = str(people[0].id) if len(people) == 1 else ""
        form = ClaimForm(data={"party": party_id or only})
    else:
        shown = {name: getattr(claim, name) for name in claims.COLUMNS}
        form = ClaimForm(data={**shown, "party": str(claim.party_id), "is_about": claim.precision == "about"},
                         **options)
    form.offer_workers(people)
    if not form.is_submitted():
        form.version.data = str(case.version)
    return form


class EmployerForm(BaseForm):
    """An employer of the register."""

    name = Line(_l("单位全称"), limit=200)
    short_name = Line(_l("简称"), limit=60)
    credit_code = NumberLine(_l("统一社会信用代码"), limit=60)
    legal_person = Line(_l("法定代表人"), limit=60)
    phone = NumberLine(_l("电话"), limit=40)
    address = Line(_l("地址"), limit=200)
    sector = Pick(_l("行业"))
    ownership = Pick(_l("性质"))
    note = Area(_l("说明"), limit=500)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sector.choices = choices(words.SECTORS, "—")
        self.ownership.choices = choices(words.OWNERSHIPS, "—")
        self.name.flags.required = True

    def values(self) -> dict[str, Any]:
        return {name: self[name].data or "" for name in employers.COLUMNS}


def employer_form(row: Employer | None = None, is_fresh: bool = False) -> EmployerForm:
    """The form of a new employer, or of one that stands; ``is_fresh``: as it would be opened now."""
    sent = {"formdata": None} if is_fresh else {}
    form = EmployerForm(data={name: getattr(row, name) for name in employers.COLUMNS} if row else None, **sent)
    if row is not None and (is_fresh or not form.is_submitted()):
        form.version.data = str(row.version)
    return form
