"""How every original template looks: A4, styles a centre can change in Word, French language set."""

from __future__ import annotations

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

FONT = "Liberation Sans"
TABLE_STYLE = "Tableau du centre"
_INK = RGBColor(0x1F, 0x2A, 0x37)
_MARGIN = Cm(2.2)

# name, size in points, bold, space before and after in points
_STYLES: tuple[tuple[str, float, bool, float, float], ...] = (
    ("Title", 19, True, 6, 8),
    ("Subtitle", 12, False, 0, 10),
    ("Heading 1", 13, True, 14, 5),
    ("Heading 2", 11, True, 10, 4),
    ("List Bullet", 10.5, False, 0, 3),
    ("Header", 9, False, 0, 0),
    ("Footer", 8.5, False, 0, 0),
    ("Destinataire", 10.5, False, 0, 0),
    ("Lieu et date", 10.5, False, 18, 14),
    ("Références", 9.5, False, 0, 2),
    ("Objet", 10.5, True, 8, 14),
    ("Signature", 10.5, False, 0, 2),
    ("Cellule", 9.5, False, 0, 0),
    ("Titre de colonne", 9.5, True, 0, 0),
    ("Empreinte", 7.5, False, 0, 0),
    ("Note", 9, False, 6, 4),
    ("Centré", 12, False, 0, 8),
    ("Ligne centrée", 10.5, False, 0, 2),
    ("Titulaire", 17, False, 4, 10),
    ("Grand titre", 30, True, 10, 12),
    ("Signature du certificat", 11, False, 12, 0),
)

_TABLE_XML = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="TableauCentre">
  <w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>
  <w:pPr><w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/></w:pPr>
  <w:tblPr><w:tblBorders>
    <w:top w:val="single" w:sz="6" w:color="6B7280"/><w:bottom w:val="single" w:sz="6" w:color="6B7280"/>
    <w:insideH w:val="single" w:sz="4" w:color="C7CCD3"/>
  </w:tblBorders><w:tblCellMar>
    <w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>
    <w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>
  </w:tblCellMar></w:tblPr>
  <w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>
    <w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="EEF1F4"/></w:tcPr></w:tblStylePr>
</w:style>"""


def blank(title: str, *, landscape: bool = False) -> WordDocument:
    """An empty A4 document with the house's styles and 2.2 cm margins, titled in its properties."""
    document = Document()
    _drop_unused(document)
    section = document.sections[0]
    width, height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
    section.page_width, section.page_height = width, height
    if landscape:
        section._sectPr.find(qn("w:pgSz")).set(qn("w:orient"), "landscape")
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    section.header_distance = section.footer_distance = Cm(1.1)
    _set_styles(document)
    document.core_properties.title = title
    return document


def _drop_unused(document: WordDocument) -> None:
    """Leave only what a centre will see in Word's lists: python-docx brings a hundred table styles and a picture."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]
    fonts = next(
        relation.target_part for relation in document.part.rels.values() if relation.reltype.endswith("/fontTable")
    )
    # A machine without the font uses Arial, which has the same widths.
    fonts._blob = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>'
        f'<w:font w:name="{FONT}"><w:altName w:val="Arial"/><w:family w:val="swiss"/><w:pitch w:val="variable"/>'
        "</w:font></w:fonts>"
    ).encode()


def _set_styles(document: WordDocument) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = defaults.find(qn("w:lang"))
    language.set(qn("w:val"), "fr-FR")
    document.styles.element.append(parse_xml(_TABLE_XML))
    normal = _style(document, "Normal", 10.5, after=6)
    normal.paragraph_format.line_spacing = 1.12
    normal.paragraph_format.widow_control = True
    for name, size, bold, before, after in _STYLES:
        _style(document, name, size, bold=bold, before=before, after=after)
    for name in ("Destinataire", "Lieu et date", "Signature"):
        document.styles[name].paragraph_format.left_indent = Cm(8.5)
    for name in ("Centré", "Titulaire", "Grand titre", "Ligne centrée"):
        document.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.styles["Signature du certificat"].paragraph_format.left_indent = Cm(13)


def _style(
    document: WordDocument, name: str, size: float, *, bold: bool = False, before: float = 0, after: float = 0
) -> ParagraphStyle:
    known = {style.name for style in document.styles}
    style = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name not in known:
        style.base_style = document.styles["Normal"]
        style.quick_style = True
    style.font.name = FONT
    fonts = style.element.rPr.rFonts
    for key in list(fonts.attrib):
        if "heme" in key:  # a theme's font would win over ours
            del fonts.attrib[key]
    for script in ("w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    for spacing in style.element.rPr.findall(qn("w:spacing")):
        style.element.rPr.remove(spacing)
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.italic = False
    style.font.color.rgb = _INK
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)
    for unwanted in ("w:pBdr", "w:tabs"):  # a rule under the title; tab stops for letter paper
        for element in style.element.pPr.findall(qn(unwanted)):
            style.element.pPr.remove(element)
    if name.startswith("Heading") or name == "Objet":
        style.paragraph_format.keep_with_next = True
    return style
