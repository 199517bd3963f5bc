"""Deck → PPTX, by python-pptx: native charts and tables, titles and colours from the theme, so that all can be edited.

The file says nothing that the slides do not say: the workbook behind a chart holds its bars and nothing else, and no
property names a person or a time. The same deck gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from assessment.infra.spreadsheets import safe_text
from reports.slides.deck import Chart, Deck, Italic, Slide, Table
from reports.slides.fit import LEADING, POINTS, cut, height_of, largest

WIDTH, HEIGHT = 13.333, 7.5
"""16:9, in inches, as all lengths here."""
MARGIN = 0.6
INNER = WIDTH - 2 * MARGIN
TITLE_TOP, TITLE_HEIGHT = 0.42, 1.0
BODY_TOP, BODY_END = 1.6, 6.85
FOOTER_TOP = 6.98
GAP = 0.2
TITLE_SIZES = (30, 28, 26, 24, 22, 20, 18)
TEXT_SIZES = (26, 24, 22, 20, 18, 16, 14)
LEAD_SIZES = (20, 18, 16, 14)
NOTE_SIZES = (14, 13, 12)
TABLE_SIZES = (18, 16, 14)
SMALLEST_CELL = 12
FOOTER_SIZE = 12
CELL_SIDES, CELL_ENDS = 0.2, 0.16
"""What a cell keeps free beside, and above and below its words together."""
LOGO_WIDTH, LOGO_HEIGHT = 2.6, 1.2
BOLD = 1.2
"""How much wider bold letters are."""
FONT = "Arial"
"""Every office program has it, or one of the same widths."""
DARK, MUTED, PALE, LINE = (RGBColor.from_string(one) for one in ("1F2933", "52606D", "F3F5F7", "C5CDD5"))
TITLE_ONLY = 5
"""The layout of the library's own template that has a title and nothing else."""
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of everything in a ZIP file: there is no earlier one."""

Drawn = Any
"""A shape or a slide of python-pptx, whose types are partial."""


def draw_deck(deck: Deck) -> bytes:
    """The slides as a PPTX file."""
    presentation = _empty(deck)
    layout = presentation.slide_layouts[0]
    _draw_title(presentation.slides.add_slide(layout), deck)
    slides = [part for slide in deck.slides for part in _parts(slide, deck)]
    for slide in slides:
        _draw(presentation.slides.add_slide(layout), slide, deck)
    target = io.BytesIO()
    presentation.save(target)
    return _without_times(target.getvalue(), deck.made_on)


# The file as a whole


def _empty(deck: Deck) -> Drawn:
    """A presentation without slides, with one layout, in the organisation's colour."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
    kept = presentation.slide_layouts[TITLE_ONLY]
    for layout in [one for one in presentation.slide_layouts if one is not kept]:
        presentation.slide_layouts.remove(layout)
    master = presentation.slide_master
    for of in (master, kept):
        for shape in list(of.placeholders):
            if "TITLE" not in str(shape.placeholder_format.type):  # bodies, dates and numbers of 4:3
                shape._element.getparent().remove(shape._element)
            else:
                _place(shape, MARGIN, TITLE_TOP, INNER, TITLE_HEIGHT)
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _themed(theme.blob, deck.accent)
    _leave_out(presentation.part.package._rels, "thumbnail")
    _leave_out(presentation.part.rels, "printerSettings")
    about = presentation.core_properties
    about.author, about.last_modified_by, about.title = "Escala", "", f"{deck.title} · {deck.subtitle[0]}"
    about.language, about.revision = deck.lang, 1
    about.created = about.modified = dt.datetime.combine(deck.made_on, dt.time())
    return presentation


def _themed(theme: bytes, accent: str) -> bytes:
    """The theme with the organisation's accent colour and a font that all programs have."""
    colour = f'<a:accent1><a:srgbClr val="{accent.removeprefix("#").upper()}"/></a:accent1>'
    text = re.sub(r"<a:accent1>.*?</a:accent1>", colour, theme.decode(), flags=re.DOTALL)
    return re.sub(r'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*', rf"\g<1>{FONT}", text).encode()


def _leave_out(relations: Drawn, kind: str) -> None:
    """What the library's own template carries besides: a picture of itself, and how its author prints."""
    for name, relation in list(relations.items()):
        if relation.reltype.endswith(kind):
            relations.pop(name)


def _without_times(file: bytes, day: dt.date) -> bytes:
    """The ZIP file packed again with the same time for all that is in it, also within the workbooks of charts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as packed, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in packed.namelist():
            content = packed.read(name)
            if name.endswith(".xlsx"):
                content = _without_times(content, day)
            elif name == "docProps/core.xml":
                moment = f"{day.isoformat()}T00:00:00Z".encode()
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment, content)
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, content)
    return target.getvalue()


# Slides


def _draw_title(slide: Drawn, deck: Deck) -> None:
    band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Inches(WIDTH), Inches(0.35))
    _plain(band)
    if deck.logo:
        _draw_logo(slide, deck.logo)
    team, *others = deck.subtitle
    title, width = slide.shapes.title, 0.85 * INNER
    _place(title, MARGIN, 2.1, width, 1.5)
    size = largest([deck.title], width / BOLD, 1.5, (44, 40, 36, 32, 28, 24))
    _write(title.text_frame, [deck.title], size, deck.lang, is_bold=True, anchor=MSO_ANCHOR.BOTTOM)
    _add_text(slide, [team], (MARGIN, 3.75, width, 1.0), (32, 28, 24, 20, 18), deck.lang, is_accent=True, is_bold=True)
    _add_text(slide, others, (MARGIN, 4.85, width, 0.9), (20, 18, 16, 14), deck.lang)
    if deck.accompanied:
        _add_text(slide, [deck.accompanied], (MARGIN, 6.15, INNER, 0.42), NOTE_SIZES, deck.lang, colour=MUTED)
    _add_text(slide, [deck.rights], (MARGIN, 6.6, INNER, 0.5), (12,), deck.lang, colour=MUTED)
    _write_notes(slide, deck.say, deck.lang)


def _draw_logo(slide: Drawn, logo: bytes) -> None:
    picture = slide.shapes.add_picture(io.BytesIO(logo), Inches(MARGIN), Inches(0.7))
    scale = min(Inches(LOGO_WIDTH) / picture.width, Inches(LOGO_HEIGHT) / picture.height)
    picture.width, picture.height = Emu(int(picture.width * scale)), Emu(int(picture.height * scale))
    picture._element.nvPicPr.cNvPr.set("descr", "Logo")


def _draw(slide: Drawn, content: Slide, deck: Deck) -> None:
    mark = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, Inches(TITLE_TOP), Inches(0.22), Inches(TITLE_HEIGHT))
    _plain(mark)
    title = slide.shapes.title
    size = largest([content.title], INNER / BOLD, TITLE_HEIGHT, TITLE_SIZES)
    _write(title.text_frame, [content.title], size, deck.lang, is_bold=True, anchor=MSO_ANCHOR.MIDDLE)
    top, end = BODY_TOP, BODY_END
    if content.note:
        size, height = _note_room(content.note)
        end -= height
        _add_text(slide, [content.note], (MARGIN, end, INNER, height), (size,), deck.lang, colour=MUTED)
        end -= GAP / 2
    if content.chart is None and content.table is None:
        _add_text(slide, content.sentences, (MARGIN, top, INNER, end - top), TEXT_SIZES, deck.lang, is_list=True)
    elif content.sentences:
        size, height = _lead_room(content.sentences)
        _add_text(slide, content.sentences, (MARGIN, top, INNER, height), (size,), deck.lang)
        top += height + GAP / 2
    if content.chart:
        _draw_chart(slide, content.chart, (MARGIN, top, INNER, end - top), deck)
    if content.table:
        _draw_table(slide, content.table, (MARGIN, top, INNER, end - top), deck)
    _draw_footer(slide, deck)
    _write_notes(slide, content.say, deck.lang)


def _note_room(note: str) -> tuple[int, float]:
    """The size of a note's letters, and its height."""
    size = largest([note], INNER, 0.75, NOTE_SIZES)
    return size, height_of(note, size, INNER) + 0.1


def _lead_room(sentences: Sequence[str]) -> tuple[int, float]:
    size = largest(sentences, INNER, 1.3, LEAD_SIZES)
    return size, sum(height_of(one, size, INNER) for one in sentences) + 0.1


def _draw_footer(slide: Drawn, deck: Deck) -> None:
    width = INNER - 1
    footer = cut(deck.footer, FOOTER_SIZE, width)
    _add_text(slide, [footer], (MARGIN, FOOTER_TOP, width, 0.35), (FOOTER_SIZE,), deck.lang, colour=MUTED)
    number = slide.shapes.add_textbox(Inches(WIDTH - MARGIN - 0.9), Inches(FOOTER_TOP), Inches(0.9), Inches(0.35))
    frame = number.text_frame
    _write(frame, [""], FOOTER_SIZE, deck.lang, colour=MUTED)
    frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    for run in list(frame.paragraphs[0].runs):
        run._r.getparent().remove(run._r)
    field = parse_xml(
        f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
        f'<a:rPr lang="{deck.lang}" sz="{FOOTER_SIZE * 100}"><a:solidFill><a:srgbClr val="{MUTED}"/></a:solidFill>'
        "</a:rPr><a:t>‹#›</a:t></a:fld>"
    )
    frame.paragraphs[0]._p.insert(1 if frame.paragraphs[0]._p.pPr is not None else 0, field)


# Words


def _add_text(
    slide: Drawn,
    texts: Sequence[str],
    box: tuple[float, float, float, float],
    sizes: Sequence[int],
    lang: str,
    *,
    colour: RGBColor = DARK,
    is_accent: bool = False,
    is_bold: bool = False,
    is_list: bool = False,
) -> None:
    if not texts:
        return
    left, top, width, height = box
    shape = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    gap = 0.6 if is_list else 0.0
    size = largest(texts, width / BOLD if is_bold else width, height, sizes, gap=gap)
    _write(shape.text_frame, texts, size, lang, colour=colour, is_accent=is_accent, is_bold=is_bold, gap=gap)


def _write(
    frame: Drawn,
    texts: Sequence[str],
    size: int,
    lang: str,
    *,
    colour: RGBColor = DARK,
    is_accent: bool = False,
    is_bold: bool = False,
    is_italic: bool = False,
    anchor: Any = MSO_ANCHOR.TOP,
    gap: float = 0.0,
) -> None:
    frame.word_wrap, frame.vertical_anchor = True, anchor
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for at, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(gap * size) if at < len(texts) - 1 else Pt(0)
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(size), is_bold
        run.font.italic = is_italic or None
        run._r.get_or_add_rPr().set("lang", lang)
        if is_accent:
            run.font.color.theme_color = MSO_THEME_COLOR.ACCENT_1
        else:
            run.font.color.rgb = colour


def _write_notes(slide: Drawn, say: Sequence[str], lang: str) -> None:
    frame = slide.notes_slide.notes_text_frame
    frame.text = "\n".join(filter(None, say))
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            run._r.get_or_add_rPr().set("lang", lang)


def _plain(shape: Drawn) -> None:
    """A rectangle in the accent colour, which says nothing: passed over by screen readers."""
    shape.fill.solid()
    shape.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    shape.line.fill.background()
    shape.shadow.inherit = False
    about = shape._element.nvSpPr.cNvPr
    about.append(
        parse_xml(
            f'<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
            '<adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/>'
            "</a:ext></a:extLst>"
        )
    )


def _place(shape: Drawn, left: float, top: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = (Inches(one) for one in (left, top, width, height))


# Charts


def _draw_chart(slide: Drawn, chart: Chart, box: tuple[float, float, float, float], deck: Deck) -> None:
    data = CategoryChartData(number_format=chart.number_format)
    data.categories = [safe_text(bar.name) for bar in chart.bars]
    data.add_series(chart.series, [bar.value for bar in chart.bars])
    if chart.second:
        data.add_series(chart.second_name, chart.second)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *(Inches(one) for one in box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.described)
    drawn = frame.chart
    drawn.has_title, drawn.has_legend = False, bool(chart.second)
    if chart.second:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        drawn.legend.font.size = Pt(14)
    drawn.font.name, drawn.font.size, drawn.font.color.rgb = FONT, Pt(14), DARK
    _draw_axes(drawn, chart, box[3])
    _lay_out(drawn, has_legend=bool(chart.second))
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap, plot.vary_by_categories = 45, -5 if chart.second else 0, False
    for series in plot.series:  # not of the plot: a bar with a label of its own would hide all others
        labels = series.data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = True, chart.number_format, False
        labels.position, labels.font.size, labels.font.bold = XL_LABEL_POSITION.OUTSIDE_END, Pt(14), True
    first = plot.series[0]
    _fill(first.format, 1.0, deck.accent)
    for at, bar in enumerate(chart.bars):
        if bar.value is None:
            continue
        if bar.strength != 1.0:
            _fill(first.points[at].format, bar.strength, deck.accent)
        if bar.label:
            label = first.points[at].data_label
            label.text_frame.text, label.position = bar.label, XL_LABEL_POSITION.OUTSIDE_END
            run = label.text_frame.paragraphs[0].runs[0]
            run.font.size, run.font.bold = Pt(14), True
            run._r.get_or_add_rPr().set("lang", deck.lang)
    if chart.second:
        plot.series[1].format.fill.solid()
        plot.series[1].format.fill.fore_color.rgb = MUTED


def _fill(part: Drawn, strength: float, accent: str) -> None:
    """In the accent colour, mixed with white for less; the outline keeps a pale bar visible."""
    part.fill.solid()
    if strength == 1.0:
        part.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    else:  # programs lighten a colour of the theme in ways of their own, some to a glaring one
        part.fill.fore_color.rgb = _mixed(accent, strength)
    part.line.color.theme_color = MSO_THEME_COLOR.ACCENT_1
    part.line.width = Pt(1)


def _mixed(accent: str, strength: float) -> RGBColor:
    parts = RGBColor.from_string(accent.removeprefix("#").upper())
    return RGBColor(*(round(255 - strength * (255 - part)) for part in parts))


def _draw_axes(drawn: Drawn, chart: Chart, height: float) -> None:
    names, values = drawn.category_axis, drawn.value_axis
    names.reverse_order = True  # the first bar on top, and the figures above it
    names.has_major_gridlines = False
    names.format.line.color.rgb = LINE
    longest = [bar.name for bar in chart.bars]
    each = 0.85 * height / max(1, len(chart.bars))
    names.tick_labels.font.size = Pt(
        min(largest([name], NAMES_SHARE * INNER - 0.2, each, (16, 14, 13, 12)) for name in longest)
    )
    values.minimum_scale, values.maximum_scale, values.major_unit = chart.lowest, chart.highest, chart.step
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = LINE
    values.format.line.fill.background()
    values.tick_labels.font.size = Pt(12)
    values.tick_labels.number_format = chart.number_format if "%" in chart.number_format else "0"
    values.tick_labels.number_format_is_linked = False


NAMES_SHARE = 0.47
"""What the names of the bars take of a chart's width."""


def _lay_out(drawn: Drawn, *, has_legend: bool) -> None:
    """Fixed room for names and figures: every program would choose another, and cut long names off."""
    area = drawn._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    height = 0.8 if has_legend else 0.91
    layout = (
        f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/>'
        '<c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{NAMES_SHARE}"/><c:y val="0.08"/><c:w val="{0.9 - NAMES_SHARE:.2f}"/><c:h val="{height}"/>'
        "</c:manualLayout></c:layout>"
    )
    area.insert(0, parse_xml(layout))


# Tables


def _draw_table(slide: Drawn, table: Table, box: tuple[float, float, float, float], deck: Deck) -> None:
    left, top, width, height = box
    size = _table_size(table, height) or SMALLEST_CELL
    lines = [table.heads, *table.rows]
    heights = [_row_height(row, table.widths, size) for row in lines]
    frame = slide.shapes.add_table(
        len(lines), len(table.heads), Inches(left), Inches(top), Inches(width), Inches(sum(heights))
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", "; ".join(" · ".join(row) for row in table.rows))
    drawn = frame.table
    for column, share in zip(drawn.columns, table.widths, strict=True):
        column.width = Inches(share * width)
    for at, (row, tall) in enumerate(zip(lines, heights, strict=True)):
        drawn.rows[at].height = Inches(tall)
        for column, text in enumerate(row):
            cell = drawn.cell(at, column)
            is_head = at == 0
            cell.fill.solid()
            if is_head:
                cell.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
            else:
                cell.fill.fore_color.rgb = PALE if at % 2 else RGBColor(255, 255, 255)
            _write(
                cell.text_frame,
                [text],
                size,
                deck.lang,
                colour=RGBColor(255, 255, 255) if is_head else DARK,
                is_bold=is_head or column == 0,
                is_italic=isinstance(text, Italic),
            )
            cell.margin_left = cell.margin_right = Inches(CELL_SIDES / 2)
            cell.margin_top = cell.margin_bottom = Inches(CELL_ENDS / 2)


def _row_height(row: Sequence[str], widths: Sequence[float], size: int) -> float:
    tallest = max(
        height_of(text, size, (share * INNER - CELL_SIDES) / (BOLD if at == 0 else 1.0))
        for at, (text, share) in enumerate(zip(row, widths, strict=True))
    )
    return max(tallest, size * LEADING / POINTS) + CELL_ENDS


def _table_size(table: Table, height: float) -> int | None:
    """The largest size of letters in which the table fits; `None` if it does not."""
    lines = [table.heads, *table.rows]
    return next(
        (size for size in TABLE_SIZES if sum(_row_height(row, table.widths, size) for row in lines) <= height), None
    )


def _parts(slide: Slide, deck: Deck) -> Iterator[Slide]:
    """The slide; where its table, or its sentences, need more room than it has, the slides that it goes on on."""
    if slide.table is None:
        yield from _parts_of_sentences(slide, deck)
        return
    room = _table_room(slide)
    if _table_size(slide.table, room):
        yield slide
        return
    title, table, smallest = slide.title, slide.table, TABLE_SIZES[-1]
    head = _row_height(table.heads, table.widths, smallest)
    lots: list[list[tuple[str, ...]]] = [[]]
    used = head
    for row in table.rows:
        tall = _row_height(row, table.widths, smallest)
        if lots[-1] and used + tall > room:
            lots.append([])
            used, room = head, _table_room(replace(slide, sentences=()))
        lots[-1].append(row)
        used += tall
    for at, lot in enumerate(lots):
        yield replace(
            slide,
            title=title if at == 0 else deck.continued % {"title": title},
            sentences=slide.sentences if at == 0 else (),
            table=replace(table, rows=tuple(lot)),
        )


def _table_room(slide: Slide) -> float:
    room = BODY_END - BODY_TOP
    if slide.note:
        room -= _note_room(slide.note)[1] + GAP / 2
    if slide.sentences:
        room -= _lead_room(slide.sentences)[1] + GAP / 2
    return room


def _parts_of_sentences(slide: Slide, deck: Deck) -> Iterator[Slide]:
    room, smallest = _table_room(replace(slide, sentences=())), TEXT_SIZES[-3]
    if slide.chart or len(slide.sentences) < 2:
        yield slide
        return
    lots: list[list[str]] = [[]]
    used = 0.0
    for sentence in slide.sentences:
        tall = height_of(sentence, smallest, INNER) + 0.6 * smallest * LEADING / POINTS
        if lots[-1] and used + tall > room:
            lots.append([])
            used = 0.0
        lots[-1].append(sentence)
        used += tall
    for at, lot in enumerate(lots):
        yield replace(
            slide, title=slide.title if at == 0 else deck.continued % {"title": slide.title}, sentences=tuple(lot)
        )
