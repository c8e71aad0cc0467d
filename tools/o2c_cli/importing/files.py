"""Which files can be imported. Needs nothing but Python."""

FORMATS = (".xlsx", ".xlsm", ".csv")
OTHER_FORMATS = {
    ".xls": "the format of Excel before 2007",
    ".xlsb": "a binary workbook",
    ".ods": "an OpenDocument spreadsheet",
    ".numbers": "a Numbers spreadsheet",
    ".txt": "a plain text",
    ".tsv": "a plain text",
}


def find_fault(path):
    """Return why a path cannot be imported, as a sentence, or None."""
    suffix = path.suffix.lower()
    if not path.exists():
        return f"There is no file {path}."
    if not path.is_file():
        return f"{path} is a folder: name the files in it."
    if suffix not in FORMATS:
        what = OTHER_FORMATS.get(suffix, "neither a workbook nor a CSV file")
        return (
            f"{path.name} is {what}: open it in your spreadsheet program and save it "
            "as .xlsx, or as .csv in UTF-8."
        )
    return None
