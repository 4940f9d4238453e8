"""Bringing a register in: the file, where its columns go, corrected cells, why it is undone."""
from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField

from mediation.forms.base import BaseForm, Line, ListArea, Select, spoken
from mediation.models import Station
from mediation.rules.imports import fields, packing
from mediation.rules.imports.headings import Layout
from mediation.rules.imports.mapping import Mapping, Target
from mediation.rules.language import Text
from mediation.rules.money import currencies

ACCEPT = ".xlsx,.xls,.ods,.et,.csv,.xlsm"


class SheetForm(BaseForm):
    """The file that is read; nothing is imported by it."""

    file = FileField(_l("文件"), description=_l("WPS、Excel 表格或 CSV，最多20万行"), render_kw={"accept": ACCEPT})
    station = Select(_l("放到哪个站点"))

    def __init__(self, stations: Sequence[Station], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.station.choices = [(str(row.id), row.name) for row in stations]

    def upload(self) -> tuple[str, bytes]:
        """Name and content; both empty when nothing was chosen."""
        sent = self.file.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class BackForm(BaseForm):
    """The workbook of rows with problems, brought back corrected."""

    file = FileField(_l("改好的工作簿"), render_kw={"accept": ACCEPT})

    def upload(self) -> tuple[str, bytes]:
        sent = self.file.data
        return (sent.filename or "", sent.read()) if sent else ("", b"")


class ReasonForm(BaseForm):
    """Why an import is undone."""

    reason = Line(_l("为什么撤销"), limit=200)


class GoForm(BaseForm):
    """A button that goes on with an import; what it does follows from how far it has come."""


def column_name(place: int) -> str:
    return f"column-{place}"


def unit_name(place: int) -> str:
    return f"unit-{place}"


class ColumnsForm(BaseForm):
    """Where each column goes, one choice for each; made for the columns of one sheet by ``columns_form``."""

    name = Line(_l("给这套列取个名字，下次同样的表头自动认出"), limit=100)
    heading = Select(_l("表头是哪几行"))
    columns: tuple[Target, ...] = ()

    def chosen(self) -> dict[int, str]:
        """The field of each column, by its place."""
        return {one.place: self[column_name(one.place)].data or "" for one in self.columns}

    def units(self) -> dict[int, str]:
        """The unit of each sum, by the place of its column."""
        return {one.place: self[name].data or "" for one in self.columns if (name := unit_name(one.place)) in self}

    def heading_rows(self) -> tuple[int, ...]:
        """The rows of headings that were chosen; empty where there was nothing to choose."""
        return tuple(int(row) for row in (self.heading.data or "").split("+") if row.isdigit())


UNITS = (("", Text("{unit}", "{unit}")), ("千元", Text("千{unit}", "thousands of {unit}")),
         ("万元", Text("万{unit}", "ten thousands of {unit}")))
ASK, KEEP, LEAVE = "?", "", "left"


def columns_form(layout: Layout, mapping: Mapping, name: str) -> ColumnsForm:
    """The form for the columns of a sheet; a column that is unsure is not chosen for anybody."""
    offered = [(KEEP, _l("不认识，照原样记在案情里")), (LEAVE, _l("不要这一列"))]
    offered += [(key, row.label.say(spoken())) for key, row in fields.FIELDS.items()]
    made: Map[str, Select] = {column_name(one.place): Select(one.heading or str(one.place + 1), choices=(
        offered if one.is_sure or not one.question else [(ASK, _l("请选")), *offered])) for one in mapping.columns}
    sums = [one for one in mapping.columns if one.field in fields.SUMS]
    with currencies.used(mapping.currency or currencies.at_hand()):  # an empty union will reckon in the sheet's
        said = [(code, text.fill(unit=currencies.unit()).say(spoken())) for code, text in UNITS]
    units = {unit_name(one.place): Select(_l("金额单位"), choices=said) for one in sums}
    form = type("ColumnsForm", (ColumnsForm,), {**made, **units, "columns": mapping.columns})()
    candidates = layout.candidates or (layout.heading,)
    is_open = bool(layout.candidates and layout.question)
    form.heading.choices = [*([(ASK, _l("请选"))] if is_open else []), *(
        ("+".join(map(str, rows)), "、".join(map(str, rows)) or "—") for rows in candidates)]
    if not form.is_submitted():
        form.name.data = name
        form.heading.data = ASK if is_open else "+".join(map(str, layout.heading))
        for one in sums:
            form[unit_name(one.place)].data = one.unit
        for one in mapping.columns:
            form[column_name(one.place)].data = one.field if one.is_sure or not one.question else ASK
    return form


class RowForm(BaseForm):
    """The cells of one staged row, to be corrected; made for the row by ``row_form``."""

    is_wanted = BooleanField(_l("不是同一件，照样导入"))


def row_form(columns: Sequence[Target], texts: Map[int, str]) -> RowForm:
    """One field for each column, with what stands there now."""
    made = {f"cell-{one.place}": (ListArea if len(texts.get(one.place, "")) > 60 else CellLine)(
        one.heading or str(one.place + 1), limit=packing.LONGEST) for one in columns}
    form = type("RowForm", (RowForm,), made)()
    if not form.is_submitted():
        for one in columns:
            form[f"cell-{one.place}"].data = texts.get(one.place, "")
    return form


class CellLine(Line):
    """A cell, which its own rule reads and seals."""

    def refuse_numbers(self, said: str) -> None:
        pass


__all__ = ["ASK", "BackForm", "ColumnsForm", "GoForm", "ReasonForm", "RowForm", "SheetForm", "column_name",
           "columns_form", "row_form"]
