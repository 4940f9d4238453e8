"""The intake page: what a worker tells, in the order of telling. Nothing typed is lost, the unknown stays empty."""
from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, Form, FormField
from wtforms.fields.choices import Choice as Row
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput

from mediation.forms.base import (
    Area,
    BaseForm,
    DocumentLine,
    Line,
    ListArea,
    NumberLine,
    People,
    Radio,
    Select,
    Several,
    Share,
    Typed,
    spoken,
    today,
)
from mediation.forms.people import SumColumn
from mediation.rules import reading, words
from mediation.rules.cases import intake as rules
from mediation.rules.cases.intake import ClaimLine, Intake, Respondent
from mediation.rules.language import Text, Word, vocabulary
from mediation.rules.people import worker_list
from mediation.rules.text_cleaning import Unreadable, narrow

MOST_ROWS = 20
CHANNELS = vocabulary(
    Word("E", "法院委派（立案前）", "Court, before filing"), Word("F", "法院委托（立案后）", "Court, after filing"),
    Word("G", "仲裁委托", "Arbitration commission"), Word("H", "仲裁建议调解", "Arbitration advice"),
    Word("own", "只是介绍来的，没有函", "Only sent here, no letter"))
MAY_TELL = vocabulary(Word("court", "法院", "Court"), Word("hr", "人社", "Human-resources bureau"),
                      Word("governance", "综治中心", "Governance centre"), Word("none", "先不", "Nobody yet"))
FLAGS = {code: words.CASE_FLAGS[code] for code in ("rural", "new_form", "injury", "death")}
SIGN_WAYS = {code: words.SIGN_WAYS[code] for code in ("sign", "sign_mongolian", "stamp", "sign_print")}
HEADS = {code: words.HEADS[code] for code in words.INTAKE_HEADS}
MORE_HEADS = {code: word for code, word in words.HEADS.items() if code not in words.INTAKE_HEADS}
PLACES = vocabulary(*(Word(str(n), f"③里第{n + 1}家", f"No. {n + 1} under ③") for n in range(5)))
EXACT_DAY = Text("请写到哪一天，例如 今天 10:20、11.20", "Please give the day, for example today 10:20 or 11.20")
DEFAULTED = frozenset({"submit_token", "version", "received", "source", "way", "part", "language", "headcount",
                       "id_type", "csrf_token", "action", "confirmed", "reminded", "saved_on", "consent_party"})
UNSAVED = frozenset({"csrf_token", "action", "confirmed", "reminded", "version"})


class Choice(Radio):
    """One of a few, shown whole; may stay empty, and a default that was taken back stays taken back."""

    def __init__(self, label="", table=None, **kwargs):
        super().__init__(label, choices=[(w.code, w) for w in (table or {}).values()], validate_choice=False,
                         coerce=lambda value: value or "", **kwargs)

    def process_formdata(self, valuelist):
        self.data = valuelist[0] if valuelist else None


class Choices(Several):
    """Several of a few, as ticks."""

    option_widget = CheckboxInput()

    def __init__(self, label="", table=None, **kwargs):
        super().__init__(label, choices=[(w.code, w) for w in (table or {}).values()], **kwargs)


class Pick(Select):
    """A list that opens; the first line stands for nothing chosen."""

    def __init__(self, label="", table=None, empty: Text | None = None, **kwargs):
        self.table, self.empty = table or {}, empty
        super().__init__(label, choices=[], validate_choice=False, **kwargs)

    def iter_choices(self):
        language = spoken()
        rows = [(word.code, word.say(language)) for word in self.table.values()]
        if self.empty is not None:
            rows.insert(0, ("", self.empty.say(language)))
        return [Row(code, label, code == (self.data or ""), {}) for code, label in rows]


class Read(Typed):
    """A text input with a reading of rules/reading.py in ``data``; ``echo`` says what was understood."""

    @property
    def echo(self) -> str:
        return self.data.text.say(spoken()) if isinstance(self.data, reading.Reading) else ""

    @property
    def raw(self) -> str:
        return self.data.raw if self.data else ""


class Moment(Read):
    """A day with or without its hour."""

    def read(self, typed: str):
        found = reading.read_datetime(typed, today())
        if found.precision not in ("exact", "day"):
            raise Unreadable(EXACT_DAY)
        return found

    @property
    def on(self) -> date | None:
        return self.data.first_on if self.data else None

    @property
    def time(self) -> str:
        exact = self.data and self.data.value
        return exact.astimezone(reading.SHANGHAI).strftime("%H:%M") if exact else ""


class PastDay(Read):
    """A past day, month or season, as far as it is known."""

    def read(self, typed: str):
        return reading.read_date(typed, today())


class DueDay(Read):
    """The time that a letter gives: a day, or a number of days from receipt."""

    prefer = "future"

    def read(self, typed: str):
        if re.fullmatch("[0-9]{1,3}(?:天|日内|天内|个自然日| days)", narrow(typed)):
            return reading.Reading(None, "days", typed, Text(f"收到起{typed}", f"{typed} from receipt"))
        found = reading.read_date(typed, today(), "future")
        if found.precision != "exact":
            raise Unreadable(Text("请写哪一天，或者几天，例如 12.18、5天", "Give a day or a number of days: 12.18 or 5 days"))
        return found

    def due_on(self, received_on: date | None) -> date | None:
        if self.data is None or self.data.value:
            return self.data.value if self.data else None
        return received_on + timedelta(int(re.match("[0-9]+", narrow(self.data.raw))[0])) if received_on else None


class Amount(Read):
    """A sum as people say it: 36000, 3.6万, 约5万."""

    def read(self, typed: str):
        return reading.read_amount(typed)


class Told(Line):
    """From when to when, kept as it was said."""

    @property
    def echo(self) -> str:
        try:
            return reading.read_date(self.data, today()).text.say(spoken()) if self.data else ""
        except Unreadable:
            return ""


class RespondentRow(Form):
    told = Line(_l("单位或老板"), limit=300)
    phone = NumberLine(_l("电话"), limit=60)
    site = Line(_l("工地/项目"), limit=200)
    part = Choice(_l("他是"), words.RESPONDENT_PARTS)

    def is_empty(self) -> bool:
        return not any((self.told.data, self.phone.data, self.site.data, self.part.data))

    def line(self) -> Respondent:
        is_person = self.part.data in ("labour_contractor", "household", "unknown", "")
        return Respondent(self.told.data or "", self.part.data or "", self.phone.data or "", self.site.data or "",
                          is_person=is_person)


class ClaimRow(Form):
    head = Choice(_l("种类"), HEADS)
    head_more = Pick(_l("哪一种"), MORE_HEADS, Text("其他，写在经过里", "Other, told below"))
    amount = Amount(_l("金额"))
    is_about = BooleanField(_l("约"))
    is_unknown = BooleanField(_l("还算不清"))
    from_told = Told(_l("从"), limit=40)
    to_told = Told(_l("到"), limit=40)

    def is_empty(self) -> bool:
        return not any((self.head.data, self.amount.typed, self.from_told.data, self.to_told.data))

    def line(self) -> ClaimLine:
        said, head = self.amount.data, self.head.data or ""
        if head == "other" and self.head_more.data in words.HEADS:
            head = self.head_more.data
        precision = rules.claim_precision(said, self.is_about.data)
        return ClaimLine(head, said.value if said else None, precision,
                         said.raw if said and precision != "exact" else "", self.from_told.data or "",
                         self.to_told.data or "", self.is_unknown.data)


class IntakeForm(BaseForm):
    pasted = ListArea(_l("粘贴工单或来信文字"), limit=20_000)
    received = Moment(_l("收到时间"))
    source = Choice(_l("来源"), words.SOURCES, default="walk_in")
    way = Choice(_l("方式"), words.REQUEST_WAYS, default="oral")
    register = Pick(_l("哪个系统的编号"), words.REGISTERS, Text("按来源", "As the source"))
    external = DocumentLine(_l("外部编号"), limit=100)
    channel = Choice(_l("哪一种"), CHANNELS)
    procedure = Choice(_l("程序"), words.PROCEDURES)
    source_body = Line(_l("来函单位"), limit=100)
    source_number = DocumentLine(_l("文号"), limit=100)
    source_case_number = DocumentLine(_l("对方案号"), limit=100)
    reply_due = DueDay(_l("给的期限"))

    name = Line(_l("姓名"), limit=200)
    phone = NumberLine(_l("电话"), limit=60)
    teller = Line(_l("没电话，找"), limit=60)
    part = Choice(_l("来人是"), words.APPLICANT_PARTS, default="worker")
    for_name = Line(_l("替谁来的"), limit=200)
    for_died = PastDay(_l("他已去世：哪天"))
    kinship = Pick(_l("是死者的"), words.KINSHIPS, Text("—", "—"))
    kin_share = Share(_l("分得份额"))
    id_type = Pick(_l("证件"), words.ID_TYPES, default="resident")
    identity = NumberLine(_l("证件号"), limit=60)
    headcount = People(_l("一共几人"))
    roster = ListArea(_l("名单"), limit=100_000)
    roster_column = SumColumn(_l("哪一列是欠的钱"))
    language = Choice(_l("说什么话"), words.LANGUAGES, default="chinese")
    interpreter_needed = BooleanField(_l("要翻译"))
    interpreter = Line(_l("翻译是谁"), limit=60)
    address = Line(_l("住址"), limit=200)
    flags = Choices(_l("属于"), FLAGS)

    respondents = FieldList(FormField(RespondentRow), _l("找谁"), min_entries=1, max_entries=MOST_ROWS)
    claims = FieldList(FormField(ClaimRow), _l("要什么"), min_entries=1, max_entries=MOST_ROWS)
    employment = Choice(_l("还在那儿干吗"), words.EMPLOYMENT)
    left = PastDay(_l("哪天走的"))
    contract = Choice(_l("合同"), words.YES_NO)

    narrative = Area(_l("怎么回事"), limit=20_000)
    evidence = Choices(_l("手里有"), words.EVIDENCE)
    tried = Choices(_l("去过"), words.TRIED)

    is_informed = BooleanField(_l("已讲明：免费、自愿、不成可走仲裁或诉讼"))
    wage_choice = Choice(_l("欠薪"), words.WAGE_CHOICES)
    may_tell = Choices(_l("可以告诉"), MAY_TELL)
    sign_way = Choice(_l("签字"), SIGN_WAYS)
    witness = Line(_l("见证人"), limit=60)

    consent_party = Pick(_l("谁同意的"), PLACES, default="0")
    consent_happened_on = Moment(_l("什么时候"))
    consent_way = Choice(_l("怎么问的"), words.CONTACT_WAYS)
    consent_note = Line(_l("对方怎么说"), limit=300)
    accept_ground = Choice(_l("范围依据"), words.SCOPE_GROUNDS)
    accept_identity_note = Line(_l("证件没看，原因"), limit=200)
    confirmed = Several(choices=[], validate_choice=False)

    def __init__(self, *args, **kwargs):
        self._read: tuple[tuple[str, int | None], worker_list.Roster] | None = None
        super().__init__(*args, **kwargs)
        self.fresh_row = ""
        self._star()

    def _star(self) -> None:
        """Mark the seven facts; of the rows only the first has a star."""
        for name, _label in rules.MISSING:
            self.find_field(name).flags.required = True

    def find_field(self, name: str):
        """A field by its name; ``claims-1-head`` is the kind of the second claim, whatever its posted number."""
        if name in self._fields:
            return self._fields[name]
        group, place, inner = [*name.split("-", 2), "", ""][:3]
        rows = self._fields.get(group)
        if not isinstance(rows, FieldList) or not place.isdigit() or int(place) >= len(rows.entries):
            return None
        return rows.entries[int(place)].form._fields.get(inner)

    @property
    def errors(self) -> dict:
        """As WTForms gathers them, and those put beside the fields of the rows afterwards."""
        found = dict(super().errors)
        for rows in (self.respondents, self.claims):
            inside = [entry.form.errors for entry in rows.entries if entry.form.errors]
            found |= {rows.name: inside} if inside else {}
        return found

    def begin(self, when: str, understood: reading.Reading) -> None:
        """The two stars that come filled in: the hour and the source."""
        self.received.typed, self.received.data = when, understood
        self.headcount.typed = "1"

    def add(self, kind: str) -> None:
        """One more empty row; the page puts the cursor there."""
        rows = self._fields[kind]
        if len(rows.entries) < MOST_ROWS:
            self.fresh_row = rows.append_entry().name

    def drop(self, name: str) -> None:
        """Take a row away by its name ('claims-1'); one always stays."""
        rows = self._fields.get(name.split("-")[0])
        if isinstance(rows, FieldList):
            rows.entries = [entry for entry in rows.entries if entry.name != name] or rows.entries
            self._star()

    def shown_roster(self) -> worker_list.Roster | None:
        """The pasted list as it was understood; None where nothing is pasted. Faults stand beside the field."""
        try:
            return self._read_roster()
        except Unreadable as why:
            self.roster.errors = [why.text.say(spoken())]
            return None

    def _read_roster(self) -> worker_list.Roster | None:
        text = (self.roster.data or "").strip("\r\n")
        if not text.strip():
            return None
        asked = text, self.roster_column.place
        if self._read is None or self._read[0] != asked:
            self._read = asked, worker_list.read_roster(text, today(), asked[1])
        found = self._read[1]
        self.roster_column.offer(found.choices, found.chosen)
        return found

    def validate_roster(self, field) -> None:
        """A list that cannot be read is never left out in silence."""
        try:
            self._read_roster()
        except Unreadable as why:
            raise StopValidation(why.text.say(spoken())) from why

    def intake(self) -> Intake:
        """What was typed, as the rules want it; call after ``validate``."""
        pasted = self.shown_roster()
        told = Intake(
            received_on=self.received.on, received_time=self.received.time, left_on=self._left_on(),
            left_told=self.left.data, headcount=self.headcount.data or 1, roster=pasted.rows if pasted else (),
            respondents=[row.form.line() for row in self.respondents.entries],
            claims=[row.form.line() for row in self.claims.entries],
            reply_due_on=self.reply_due.due_on(self.received.on), phone_note=self.teller.data or "",
            for_died_on=self.for_died.data.value if self.for_died.data else None, for_died_told=self.for_died.raw,
            is_interpreter_needed=self.interpreter_needed.data, external_number=self.external.data or "",
            confirmed=frozenset(self.confirmed.data or ()), as_told=self._as_told())
        for name in PLAIN:
            setattr(told, name, self._fields[name].data or getattr(told, name))
        told.respondents = _without_gaps(told.respondents, lambda row: row.told or row.phone or row.site or row.part)
        return told

    def _left_on(self) -> date | None:
        return self.left.data.value if self.left.data else None

    def _as_told(self) -> dict[str, str]:
        told = {"received_on": self.received.raw if not self.received.time else "", "headcount": self.headcount.words}
        return {name: words for name, words in told.items() if words}

    def consent(self) -> dict[str, object]:
        """The other side's answer, for registering and taking it on in one press."""
        said = self.consent_party.data or "0"
        note = " ".join(filter(None, (self.consent_happened_on.time, self.consent_note.data)))
        return {"respondent": reading.read_key(said) or 0, "happened_on": self.consent_happened_on.on,
                "way": self.consent_way.data, "note": note}

    def accept(self) -> dict[str, object]:
        return {"ground": self.accept_ground.data, "identity_note": self.accept_identity_note.data or ""}

    @property
    def has_consent(self) -> bool:
        """Whether the part for taking it on was touched, so that the page opens it."""
        names = ("consent_happened_on", "consent_way", "consent_note", "accept_ground", "accept_identity_note")
        return any(self._fields[n].errors or getattr(self._fields[n], "typed", self._fields[n].data) for n in names)

    def has_error(self, name: str) -> bool:
        field = self.find_field(name)
        return field is not None and bool(field.errors)


# Facts that the page and the rules call by the same name.
PLAIN = ("source", "way", "channel", "procedure", "source_body", "source_number", "source_case_number", "register",
         "name", "phone", "part", "for_name", "kinship", "kin_share", "id_type", "identity", "language", "interpreter",
         "address", "flags", "employment", "contract", "narrative", "evidence", "tried", "is_informed", "wage_choice",
         "may_tell", "sign_way", "witness")


def _without_gaps(rows: list[Respondent], is_told) -> list[Respondent]:
    """Empty rows at the end are no respondents; the first stays, so that its star can be asked for."""
    while len(rows) > 1 and not is_told(rows[-1]):
        rows.pop()
    return rows


# Drafts ----------------------------------------------------------------------------------------------------------

def draft_pairs(posted: MultiDict, day: date) -> list[tuple[str, str]]:
    """What a draft keeps of a posted page, with the day on which 今天 was said; empty when nothing was told yet."""
    pairs = [(name, value) for name, value in posted.items(multi=True) if name not in UNSAVED and value != ""]
    told = [name for name, value in pairs if name not in DEFAULTED and value.strip()]
    return [*pairs, ("saved_on", day.isoformat())] if told else []


DAY_FIELDS = {"received": reading.read_datetime, "left": reading.read_date, "for_died": reading.read_date,
              "consent_happened_on": reading.read_datetime}


def restore(pairs: Iterable[tuple[str, str]], day: date) -> MultiDict:
    """The draft as posted values; 今天 and 昨天 of another day become that day's date."""
    kept = MultiDict(pairs)
    saved_on = date.fromisoformat(kept.pop("saved_on", day.isoformat()))
    for name, read in DAY_FIELDS.items() if saved_on != day else ():
        if re.search("[今昨前天]|上周|周", kept.get(name, "")):
            kept[name] = _fixed(kept[name], read, saved_on)
    return kept


def _fixed(typed: str, read, saved_on: date) -> str:
    try:
        found = read(typed, saved_on)
    except Unreadable:
        return typed
    if found.first_on is None or found.first_on != found.last_on:
        return typed
    hour = found.value.astimezone(reading.SHANGHAI).strftime(" %H:%M") if hasattr(found.value, "hour") else ""
    return f"{found.first_on.isoformat()}{hour}"
