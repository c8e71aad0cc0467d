"""The template to fill in: a workbook, or one kind as CSV."""

import argparse
import csv
import sys
from pathlib import Path

from .columns import SHEETS
from .reading import EXPLANATION

WIDTHS = {"text": 18, "amount": 12, "quantity": 10, "percent": 12, "yesno": 10}


def write_csv(path, kind):
    """Write the template of one kind: headers and an example."""
    columns = SHEETS[kind].columns
    # With the mark that makes spreadsheet programs read it as UTF-8.
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream)
        writer.writerow([column.name for column in columns])
        writer.writerow([column.example for column in columns])


def write_workbook(path):
    """Write the template of all kinds, with a sheet that explains the columns."""
    import xlsxwriter  # noqa: PLC0415

    with xlsxwriter.Workbook(path) as workbook:
        formats = {
            "required": workbook.add_format({"bold": True, "bg_color": "#D9E2F3"}),
            "optional": workbook.add_format({"bg_color": "#EDEDED"}),
            "example": workbook.add_format({"italic": True, "font_color": "#7F7F7F"}),
            # Text, so that 00123 stays as it is.
            "text": workbook.add_format({"num_format": "@"}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "wrap": workbook.add_format({"text_wrap": True, "valign": "top"}),
        }
        for sheet in SHEETS.values():
            _write_sheet(workbook.add_worksheet(sheet.title), sheet, formats)
        _write_explanation(workbook.add_worksheet(EXPLANATION), formats)


def _write_sheet(worksheet, sheet, formats):
    worksheet.freeze_panes(1, 0)
    for position, column in enumerate(sheet.columns):
        is_number = column.kind in ("amount", "quantity", "percent")
        cell_format = formats.get("date" if column.kind == "date" else "text")
        worksheet.set_column(
            position,
            position,
            WIDTHS.get(column.kind, 20),
            None if is_number else cell_format,
        )
        header = formats["required" if column.required else "optional"]
        worksheet.write_string(0, position, column.name, header)
        if column.example and is_number:
            worksheet.write_number(
                1, position, float(column.example), formats["example"]
            )
        elif column.example:
            worksheet.write_string(1, position, column.example, formats["example"])


def _write_explanation(worksheet, formats):
    worksheet.freeze_panes(1, 0)
    titles = ("Sheet", "Column", "Required", "What", "Example")
    for position, (title, width) in enumerate(
        zip(titles, (12, 20, 10, 80, 24), strict=True)
    ):
        worksheet.set_column(position, position, width)
        worksheet.write_string(0, position, title, formats["required"])
    rows = [
        (
            sheet.title,
            column.name,
            "yes" if column.required else "",
            column.what,
            column.example,
        )
        for sheet in SHEETS.values()
        for column in sheet.columns
    ]
    for number, row in enumerate(rows, 1):
        for position, text in enumerate(row):
            worksheet.write_string(number, position, text, formats["wrap"])


def main():
    """Write the template named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--kind", choices=list(SHEETS))
    options = parser.parse_args()
    if options.path.suffix.lower() == ".csv":
        write_csv(options.path, options.kind)
    else:
        write_workbook(options.path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
