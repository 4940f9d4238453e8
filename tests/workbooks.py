"""Small files of every kind for the tests of reading: made here, none of them with a real person in it."""
from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence

from openpyxl import Workbook

from mediation.workbooks import OLE

OFFICE = "http://schemas.openxmlformats.org"


def xlsx(*rows: Sequence[object], merged: Iterable[str] = (), name: str = "台账") -> bytes:
    """A workbook of one sheet as openpyxl writes it; formulas have no value then."""
    book = Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def raw_xlsx(rows: str, head: str = "", **parts: str) -> bytes:
    """A workbook whose sheet data are written by hand; ``parts``: further parts by their path, / as __."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{OFFICE}/package/2006/content-types"/>')
        archive.writestr("_rels/.rels", _links("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{OFFICE}/spreadsheetml/2006/main" xmlns:r="{OFFICE}'
                         '/officeDocument/2006/relationships"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>'
                         '</workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", _links("worksheet", "worksheets/sheet1.xml"))
        archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{OFFICE}/spreadsheetml/2006/main">{head}'
                         f'<sheetData>{rows}</sheetData></worksheet>')
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def _links(kind: str, target: str) -> str:
    return (f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="rId1" Type="{OFFICE}'
            f'/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>')


def ods(*rows: str, kind: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    """An OpenDocument sheet of rows written by hand."""
    names = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{key}:1.0"' for key in ("office", "table", "text"))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:'
                         'xmlns:manifest:1.0"/>')
        archive.writestr("content.xml", f'<office:document-content {names}><office:body><office:spreadsheet><table:table '
                         f'table:name="表">{"".join(rows)}</table:table></office:spreadsheet></office:body>'
                         '</office:document-content>')
    return made.getvalue()


def ods_row(*cells: str, more: str = "") -> str:
    told = "".join(f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells)
    return f"<table:table-row>{told}{more}</table:table-row>"


# Written by LibreOffice: 序号 姓名 金额 / 1 张三 12000.5 / 2 李四 约3万.
XLS = zlib.decompress(base64.b64decode(
    "eNrtV1tsFGUUPv/sdjtbepkWqlhgXVGg0EJKmmiNQpcuKPXSGlrxkkYodXqRpdu0awIP4iLyYiBIeJAHjCFpjImJl5jogya2byRq1BgevCWF"
    "B6PBh9VgCInt+J0z/2yn6zbZLUii9kzOf/45//3c/vN/9WX11Ln36y5SDtxHAZpxwhTy8RTQ9H4sIkPzZhzH8djOIvyrYFpT1mEQ+isBss5L"
    "tV7Dmi7CfxN2URJfiqK0g4ZBR+kQFQO3wGL88xUyZqbAfoXC4voLX5/jN8fxADDX/znWs/+XAZcAy4EVwEpglXsFUDWwBrgUuAxYKzZBdCtw"
    "OfA2YB1wBXClXjuiKeMdqK8G3ql5a0DXLsacmwZhE1oMldDHFZ+zykX3F2ER7wUnxS4uAXtohG0j3pvoi94saJM99CrewwSMdAtqis6CW0nv"
    "CvcTKbeI9QFiFG3RFv2kEZO9n5BytZSVxOM/kjHfCWczRegHsfJXxQkUlao49VKChmgf4uAQetTRefavF6UHe4faJi3c6/pam+asDV9SHRKH"
    "k4jEXegzTGOoxekhelg4cYoEy2mc/fJBe9ge7U1Mib+N0x9O1OfbE1Hm86TCv1IY3yiST/87/jhkl0/ODW7/TC5//Tz8xnn4G+bhh/PyS7z9"
    "mLP80wZ8NE0OUysdEFqdDgmtSQeFLk2XCl2WLnH2ii8cQ0S/EhT7pK5B204dh6srfJPKBBJ1n1B0mZ7mgJ/ZJUuFMhzYOSJ4DwA/NtOSDLvk"
    "p9ibSUcULhBzQsVQxijym+VeISauEhNXhHkVlv8ntUnYCYknqJPPXO0C+eapim6Qr0+9fgYkuifcAdIx8P3uAIUD9ObhZirt4E27/oMkBNeU"
    "SSeD7jXVZ9YCZ9VVq6nBd5kb86w5Ma8ckzyLQ3KUqJaDWZhuY3zl5Ut317XuEX56Vty0hqVNjeoIWiaDG2REg5QvSV/vLjwqvJelXJsd/3Pr"
    "Ol+9PlvPtK731c8hdoWxKxKFGFitUS0vDx2d3DvV6lFFj6PFpBfk2KReMav0SSuFBLKlaVi63uhGJFUlPJWHZ+TwpiUH8MTo/in8qeyfgT8e"
    "dRgSVpIfhHSbkp6BbJuBts+2tsufIT3LdE9Degazfzwn5yO/0mOsmcxOVysZU5sad62iQKZJZglm6oUfzlh5ch6DymQcj+E5txo19GHIvTiI"
    "7hcpE63i+WYTI4YB2OmA6Z9IeXmWK4UZJ1Dm5mCWabi+6PZ8gHOeR4f6RpNjyf5UdMfBPjsRvfeejd29++xEwhYBtQ3197dcT+6nXC9cMMw4"
    "JDrJMy9NHXvj92udg9bbp0xqWPfBtyznMzo3VFpyrK2dOk/s0TIZ1PliSueMaZ03Hte55i/TRBE9JjliD48cOpjgNSO6vUnP7cHf6vFE/U/p"
    "H5W/fqPPzxzjwhcXzm5aYZ1+DedvvPbOdo6SObwened64c/ynfGRrP+R3B3c3qLbY77cm2W1bWRktz06NpQcnisjlm/zps30T8GNfP/J+XN8"
    "IN8YlslE2K0/gdVHaT8yLt7H/qL3XyNxwpWTU8S7Klbq2Xkc6x5AhtuJPTy3oPUDvjdYIWNWAduzftaJfNBesP44Thb7/rtdv9X0rU/P4/wH"
    "kHOy7tthBf2iE+akkK8mwZkf6vX6JUXIn33hfHb97VihT/ZgiwUWt5+WBZz/LuBbi+9/gb8ABwsesg=="))


def locked() -> bytes:
    return OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def bomb(name: str) -> bytes:
    made = io.BytesIO(raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>'))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * 70_000_000)
    return made.getvalue()
