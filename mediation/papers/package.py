"""The package of a .docx file around its body: sheet, fonts, footer, and the place of a code to scan.

It is written here and not through python-docx, whose own template carries 900 kB of styles and a picture into every
paper. The same parts give the same bytes, whenever they are put together.
"""
from __future__ import annotations

import base64
import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

FONT, TITLE_FONT = "仿宋", "宋体"
BODY_SIZE = 28  # in half points
CODE = 540000  # side of the code in EMU (1.5 cm: within the margin)
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of every entry: the same text gives the same bytes
CODE_PART = "word/media/code.png"
# One white pixel where a code to scan may be put.
NO_CODE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJ"
                           "RU5ErkJggg==")
SPACE = "http://schemas.openxmlformats.org"
NAMES = " ".join(f'xmlns:{short}="{SPACE}/{rest}"' for short, rest in (
    ("w", "wordprocessingml/2006/main"), ("r", "officeDocument/2006/relationships"),
    ("wp", "drawingml/2006/wordprocessingDrawing"), ("a", "drawingml/2006/main"), ("pic", "drawingml/2006/picture")))
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def wrap(properties: str, runs: str) -> str:
    return f"<w:p>{properties}{runs}</w:p>"


def run(text: str, properties: str = "") -> str:
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inside}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def pack(title: str, body: str, footer: str) -> bytes:
    """The file of a template: its title among the properties, its body, what stands at the foot of each page."""
    section = ('<w:sectPr><w:headerReference w:type="first" r:id="rId3"/>'
               '<w:headerReference w:type="default" r:id="rId6"/>'
               '<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="first" r:id="rId4"/>'
               '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800" '
               'w:header="454" w:footer="850" w:gutter="0"/><w:titlePg/></w:sectPr>')
    parts = {
        "[Content_Types].xml": _types(), "_rels/.rels": _rels((("1", "officeDocument", "word/document.xml"),)).replace(
            "</Relationships>", f'<Relationship Id="rId2" Type="{SPACE}/package/2006/relationships/metadata/'
            'core-properties" Target="docProps/core.xml"/></Relationships>'),
        "docProps/core.xml": _core(title),
        "word/document.xml": f"{HEAD}<w:document {NAMES}><w:body>{body}{section}</w:body></w:document>",
        "word/styles.xml": _styles(), "word/settings.xml": _settings(), "word/fontTable.xml": _fonts(),
        "word/header1.xml": f"{HEAD}<w:hdr {NAMES}>{wrap('<w:pPr/>', _picture())}</w:hdr>",
        "word/header2.xml": f"{HEAD}<w:hdr {NAMES}><w:p/></w:hdr>",
        "word/footer1.xml": f"{HEAD}<w:ftr {NAMES}>{footer}</w:ftr>",
        "word/_rels/document.xml.rels": _rels((
            ("1", "styles", "styles.xml"), ("2", "settings", "settings.xml"), ("3", "header", "header1.xml"),
            ("4", "footer", "footer1.xml"), ("5", "fontTable", "fontTable.xml"), ("6", "header", "header2.xml"))),
        "word/_rels/header1.xml.rels": _rels((("1", "image", "media/code.png"),)),
    }
    return zipped({**{name: text.encode() for name, text in parts.items()}, CODE_PART: NO_CODE})


def zipped(parts: dict[str, bytes]) -> bytes:
    """A package of these parts: the same bytes for the same parts, whenever it is made."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, data in parts.items():
            package.writestr(_entry(name), data, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DAY)
    entry.create_system, entry.external_attr = 0, 0
    return entry


def _rels(rows: tuple[tuple[str, str, str], ...]) -> str:
    inside = "".join(f'<Relationship Id="rId{key}" Type="{SPACE}/officeDocument/2006/relationships/{kind}" '
                     f'Target="{target}"/>' for key, kind, target in rows)
    return f'{HEAD}<Relationships xmlns="{SPACE}/package/2006/relationships">{inside}</Relationships>'


def _types() -> str:
    kinds = (("document", "document.main"), ("styles", "styles"), ("settings", "settings"), ("fontTable", "fontTable"),
             ("header1", "header"), ("header2", "header"), ("footer1", "footer"))
    parts = "".join(f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
                    f'wordprocessingml.{kind}+xml"/>' for name, kind in kinds)
    return (f'{HEAD}<Types xmlns="{SPACE}/package/2006/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>{parts}<Override '
            'PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
            '</Types>')


def _core(title: str) -> str:
    return (f'{HEAD}<cp:coreProperties xmlns:cp="{SPACE}/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>')


def _styles() -> str:
    return (f'{HEAD}<w:styles {NAMES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" '
            f'w:eastAsia="{FONT}" w:cs="{FONT}"/><w:sz w:val="{BODY_SIZE}"/><w:szCs w:val="{BODY_SIZE}"/>'
            '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
            '<w:spacing w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" '
            'w:styleId="a"><w:name w:val="Normal"/></w:style></w:styles>')


def _settings() -> str:
    return (f'{HEAD}<w:settings {NAMES}><w:defaultTabStop w:val="420"/><w:characterSpacingControl '
            'w:val="compressPunctuation"/><w:compat><w:ulTrailSpace/><w:compatSetting w:name="compatibilityMode" '
            'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>')


def _fonts() -> str:
    kinds = ((FONT, "仿宋_GB2312,FangSong,FangSong_GB2312,STFangsong"), (TITLE_FONT, "SimSun,方正小标宋简体"))
    inside = "".join(f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
                     '<w:family w:val="roman"/></w:font>' for name, others in kinds)
    return f"{HEAD}<w:fonts {NAMES}>{inside}</w:fonts>"


def _picture() -> str:
    return ('<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{CODE}" cy="{CODE}"/><wp:docPr id="1" name="code"/><a:graphic>'
            f'<a:graphicData uri="{SPACE}/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
            '<pic:cNvPr id="1" name="code.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId1"/>'
            '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{CODE}" cy="{CODE}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
            '</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>')


def with_page_numbers() -> str:
    size = '<w:sz w:val="18"/><w:szCs w:val="18"/>'
    field = "".join(run(word, size) + f'<w:fldSimple w:instr=" {name} ">{run("1", size)}</w:fldSimple>'
                    for word, name in (("第", "PAGE"), ("页 共", "NUMPAGES")))
    return wrap('<w:pPr><w:jc w:val="center"/></w:pPr>', field + run("页", size))
