"""Accounts, stations, bodies, calendar, duty, marks and settings."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import Optional

from mediation.forms.base import Area, BaseForm, Day, DocumentLine, Line, ListArea, NumberLine, Radio, Select, spoken
from mediation.models import Agency, Station
from mediation.rules import words
from mediation.rules.language import Word
from mediation.rules.law import channels
from mediation.rules.money import currencies


def choices(table: Mapping[str, Word]) -> list[tuple[str, str]]:
    return [(code, word.say(spoken())) for code, word in table.items()]


def station_choices(stations: Iterable[Station], empty: str = "") -> list[tuple[str, str]]:
    """Stations in the order of the tree, with their depth."""
    rows = [(str(s.id), "　" * (s.path.count("/") - 2) + s.name) for s in stations]
    return [("", empty), *rows] if empty else rows


def agency_choices(agencies: Iterable[Agency]) -> list[tuple[str, str]]:
    return [("", _("（不是联络员）")), *((str(a.id), a.name) for a in agencies)]


class UserForm(BaseForm):
    username = Line(_l("账号"), limit=40)
    name = Line(_l("姓名"), limit=60)
    role = Select(_l("角色"), validate_choice=False)
    station = Select(_l("站点"), validate_choice=False)
    agency = Select(_l("单位（联络员）"), validate_choice=False)
    phone = NumberLine(_l("电话"), limit=40)
    certificates = DocumentLine(_l("调解员证号"), limit=200)

    def offer(self, stations: Iterable[Station], agencies: Iterable[Agency]) -> UserForm:
        """Fill the choices; returns the form."""
        self.role.choices = choices(words.ROLES)
        self.station.choices = station_choices(stations)
        self.agency.choices = agency_choices(agencies)
        return self


class ReasonForm(BaseForm):
    reason = Line(_l("理由"), limit=200)


class StationForm(BaseForm):
    code = Line(_l("代码"), limit=40)
    name = Line(_l("名称"), limit=100)
    short_name = Line(_l("简称"), limit=20)
    kind = Select(_l("种类"), validate_choice=False)
    parent = Select(_l("上级"), validate_choice=False)
    legal_body = Line(_l("文书落款（谁的名称和印章）"), limit=100)
    channel = Select(_l("调解组织的性质"), validate_choice=False)
    currency = Select(_l("金额用的货币"), validate_choice=False)
    number_form = Line(_l("案号格式"), limit=60)
    paper_form = Line(_l("文书编号格式"), limit=60)
    county = Line(_l("旗县代码（本地放假用）"), limit=20)
    phone = NumberLine(_l("电话"), limit=40)
    address = Line(_l("地址"), limit=200)
    is_active = BooleanField(_l("在用"))

    def offer(self, stations: Iterable[Station]) -> StationForm:
        self.kind.choices = choices(words.STATION_KINDS)
        self.currency.choices = choices(currencies.CURRENCIES)
        self.channel.choices = choices({code: words.CHANNELS[code] for code in channels.OWN})
        self.parent.choices = station_choices(stations, _("（没有上级）"))
        return self


class AgencyForm(BaseForm):
    union = Select(_l("哪个工会的"), validate_choice=False)
    code = Line(_l("代码"), limit=40)
    kind = Select(_l("种类"), validate_choice=False)
    name = Line(_l("全称"), limit=100)
    short_name = Line(_l("简称"), limit=20)
    contact_name = Line(_l("联系人"), limit=60)
    phone = NumberLine(_l("电话"), limit=40)
    address = Line(_l("地址"), limit=200)
    handles = Area(_l("办什么事（请人去那里时写的）"), limit=300)
    is_active = BooleanField(_l("在用"))

    def offer(self, unions: Iterable[Station]) -> AgencyForm:
        self.union.choices = [(str(row.id), row.name) for row in unions]
        self.kind.choices = choices(words.AGENCY_KINDS)
        return self


class NoticeForm(BaseForm):
    text = ListArea(_l("国务院办公厅放假通知全文"), limit=20000)


class LocalDayForm(BaseForm):
    county = Line(_l("旗县代码"), limit=20)
    on = Day(_l("哪天"), prefer="future", required=True)
    kind = Radio(_l("放假还是上班"), [Optional()], validate_choice=False)
    name = Line(_l("什么节日"), limit=60)
    source = Line(_l("依据"), limit=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind.choices = [("off", _("放假")), ("work", _("上班"))]


class CheckForm(BaseForm):
    mark = Line(_l("规则"), limit=20)
    note = Line(_l("说明"), limit=200)


class SettingForm(BaseForm):
    name = Line(_l("设置"), limit=60)
    value = Line(_l("内容"), limit=200)
