"""Files to import: reading, checking and the template, without Odoo."""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from o2c_cli import console, importer
from o2c_cli.importing import catalogs, checking, columns, template, values
from o2c_cli.importing.reading import Reader

REPO = Path(__file__).resolve().parents[1]


ORDER_HEADER = "Order,Customer,Product,Quantity,Unit Price,Discount %\n"


def read(path, content, kind=None):
    """Write a file and return the reader that has read it."""
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content)
    reader = Reader(kind)
    reader.read(path)
    return reader


def read_sheets(path, sheets):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        worksheet = workbook.create_sheet(title)
        for row in rows:
            worksheet.append(row)
    workbook.save(path)
    reader = Reader()
    reader.read(path)
    return reader


def make_catalogs(**references):
    """Return the catalogs of a company with a few names."""
    result = catalogs.Catalogs("Company")
    named = {
        "countries": [("Germany", 1), ("DE", 1), ("France", 2)],
        "levels": [("Key", 3), ("Standard", 4)],
        "terms": [("30 Days", 5)],
        "salespeople": [("sofia", 6)],
        "units": [("Units", 7)],
        "taxes": [("15%", 8), ("0%; export", 9), ("5%", 10)],
        "teams": [("North", 11)],
        "pricelists": [("Euro", 12), ("Euro", 13)],
    }
    result.names = {
        name: catalogs.Names(name.removesuffix("s"), pairs)
        for name, pairs in named.items()
    }
    for kind, records in references.items():
        result.references[kind] = records
    return result


def check(reader, **references):
    plan = checking.check(reader.tables, make_catalogs(**references))
    return plan, {(p.row, p.column): p.text for p in plan.problems}


# === CELLS === #


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("1234.50", 1234.5),
        ("1234,5", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234.50", 1234.5),
        ("1.234.567", 1234567),
        ("1 234,5", 1234.5),
        ("0,125", 0.125),
        ("-3", -3),
        (7, 7),
        (0.1, 0.1),
    ],
)
def test_numbers(text, number):
    assert values.read_number(text) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,234", "can be read as 1234 or as 1.234"),
        ("12 EUR", "is not a number"),
        ("12.34,5", "groups of three"),
        ("1,2,3", "groups of three"),
        (True, "is not a number"),
        (float("nan"), "is not a number"),
        (datetime.date(2026, 1, 1), "is not a number"),
    ],
)
def test_what_is_no_number(text, reason):
    with pytest.raises(ValueError, match=reason):
        values.read_number(text)


def test_a_point_may_be_thousands_where_the_comma_is_decimal():
    assert values.read_number("1.234") == 1.234
    with pytest.raises(ValueError, match="write 1234 or 1.2340"):
        values.read_number("1.234", comma_file=True)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-14", "2026-03-14 10:00:00"),
        ("14.3.2026", "2026-03-14 10:00:00"),
        ("2026/03/14 15:30", "2026-03-14 15:30:00"),
        ("2026年3月14日", "2026-03-14 10:00:00"),
        (datetime.date(2026, 3, 14), "2026-03-14 10:00:00"),
        (datetime.datetime(2026, 3, 14, 8, 5), "2026-03-14 08:05:00"),
    ],
)
def test_dates(cell, moment):
    assert values.read_date(cell) == moment


@pytest.mark.parametrize("cell", ["03/14/2026", "2026-02-30", 46000, "0026-01-01"])
def test_what_is_no_date(cell):
    with pytest.raises(ValueError, match="is not a (date|day|likely date)"):
        values.read_date(cell)


def test_numbers_that_are_names():
    assert values.read_text(1001.0) == "1001"
    assert values.read_text(20095) == "20095"
    assert values.read_text(" a b ") == "a b"


def test_truth_and_types():
    assert values.read_yesno("Yes") == values.read_yesno(True) == "1"
    assert values.read_yesno("no") == "0"
    with pytest.raises(ValueError, match="neither yes nor no"):
        values.read_yesno("perhaps")
    assert values.read_type("Service") == "service"
    with pytest.raises(ValueError, match="goods or service"):
        values.read_type("combo")


# === CSV === #


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_variants(tmp_path, mark, delimiter):
    text = mark + delimiter.join(["order", "CUSTOMER", "Product", "Quantity"]) + "\n"
    text += delimiter.join(["A1", '"K, 1; x"', "P1", "2"]) + "\n"
    reader = read(tmp_path / "orders.csv", text)
    assert not reader.problems
    (table,) = reader.tables
    assert (table.kind, table.comma_file) == ("orders", delimiter == ";")
    (row,) = table.rows
    assert (row.number, row.cells["Customer"]) == (2, "K, 1; x")


def test_csv_rows_are_counted_as_shown(tmp_path):
    text = '\n"Reference",Name,Sales Price\nP1,"two\nlines",1\n,,\n\nP2,Desk,2\n'
    (table,) = read(tmp_path / "products.csv", text).tables
    assert table.kind == "products"
    assert [row.number for row in table.rows] == [3, 6]


def test_csv_whose_headers_say_too_little(tmp_path):
    path = tmp_path / "list.csv"
    (problem,) = read(path, "Reference,Name\nK1,One\n").problems
    assert "--kind customers" in problem.text
    reader = read(path, "Reference,Name\nK1,One\n", "customers")
    assert not reader.problems
    assert reader.tables[0].kind == "customers"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        ("Referenz;Größe\n1;2\n".encode("latin-1"), "not text in UTF-8"),
        ("Order,Customer\n".encode("utf-16"), "not text in UTF-8"),
        (b'Order,Customer\nA1,"6" pipe"\n', "quotation marks do not match"),
        (b'Order,Customer\nA1,"open\n', "quotation marks do not match"),
    ],
)
def test_csv_that_cannot_be_read(tmp_path, content, reason):
    (problem,) = read(tmp_path / "orders.csv", content).problems
    assert reason in problem.text


def test_values_without_header(tmp_path):
    reader = read(tmp_path / "o.csv", ORDER_HEADER + "A1,K1,P1,1,2,50,00\n")
    (problem,) = reader.tables[0].problems
    assert (problem.row, problem.column) == (2, "")
    assert "“00” is in a column without header" in problem.text


# === WORKBOOKS === #


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("not-there.xlsx", None, "There is no file"),
        ("broken.xlsx", b"PK nothing", "not a workbook"),
        ("old.xls", b"x", "before 2007"),
        ("list.pdf", b"x", "neither a workbook nor a CSV file"),
    ],
)
def test_files_that_are_none(tmp_path, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    reader = Reader()
    reader.read(path)
    (problem,) = reader.problems
    assert reason in problem.text
    reader = Reader()
    reader.read(tmp_path)
    assert "is a folder" in reader.problems[0].text


def test_empty_workbook(tmp_path):
    reader = read_sheets(tmp_path / "empty.xlsx", {"Sheet1": []})
    (problem,) = reader.problems
    assert "none of the sheets Customers, Products, Orders" in problem.text


def test_sheets_are_found(tmp_path):
    header = columns.ORDERS.columns
    reader = read_sheets(
        tmp_path / "book.xlsx",
        {
            "PRODUCTS": [["Reference", "Name"], ["P1", "Desk"]],
            "Sheet3": [[column.name for column in header], ["A1", "K1"]],
            "Customer": [["anything"]],
            "Notes": [["anything"]],
            "Explanation": [["Reference", "Name", "E-mail"]],
        },
    )
    assert [table.kind for table in reader.tables] == ["products", "orders"]
    (problem,) = reader.problems
    assert (problem.sheet, problem.row) == ("Customer", 1)
    assert "Did you mean “Customers”?" in problem.text
    assert reader.notes == ["book.xlsx: the sheet Notes is left out."]


def test_headers(tmp_path):
    reader = read_sheets(
        tmp_path / "book.xlsx",
        {
            "Customers": [
                [],
                ["Reference", "Email", "Phonee", "e-mail"],
                ["K1", "a@example.com", "1", None],
            ]
        },
    )
    (table,) = reader.tables
    problems = {problem.column: problem for problem in table.problems}
    assert {problem.row for problem in table.problems} == {2}
    assert "Did you mean “Phone”?" in problems["Phonee"].text
    assert "there twice" in problems["e-mail"].text
    assert "required and missing" in problems["Name"].text
    assert table.rows[0].cells == {"Reference": "K1", "E-mail": "a@example.com"}
    assert table.rows[0].number == 3


def test_cells_of_a_workbook(tmp_path):
    workbook = openpyxl.Workbook()
    worksheet = workbook.active
    worksheet.title = "Orders"
    worksheet.append([column.name for column in columns.ORDERS.columns])
    row = {
        "Order": 1001,
        "Customer": "K1",
        "Order Date": datetime.date(2026, 3, 14),
        "Product": "P1",
        "Quantity": "=1+1",
        "Unit Price": "#N/A",
        "Discount %": 0.075,
    }
    worksheet.append([row.get(column.name) for column in columns.ORDERS.columns])
    worksheet["J2"].number_format = "0.0%"
    path = tmp_path / "book.xlsx"
    workbook.save(path)
    reader = Reader()
    reader.read(path)
    plan, problems = check(reader)
    (order,) = plan.entries["orders"]
    assert order.key == "1001"
    assert order.values["Order Date"] == "2026-03-14 10:00:00"
    assert order.lines[0].values["Discount %"] == "7.5"
    assert "The formula has no value" in problems[2, "Quantity"]
    assert "the error #N/A" in problems[2, "Unit Price"]


# === CHECKING === #


def test_a_right_file_has_no_problems(tmp_path):
    reader = read_sheets(
        tmp_path / "book.xlsx",
        {
            "Customers": [
                ["Reference", "Name", "Contact Of", "Country", "Invoice Tax ID"],
                ["K2", "Kim", "K1"],
                ["K1", "One", None, "de", "DE1"],
            ],
            "Products": [
                ["Reference", "Name", "Sales Taxes", "Type"],
                ["P1", "Desk", "15%; 5%", "goods"],
                ["P2", "Help", "0%; export", "service"],
                ["P3", "Free", "None", None],
            ],
            "Orders": [
                ["Order", "Customer", "Product", "Quantity", "Unit Price"],
                ["A1", "K2", "P1", 1, 5],
                ["A1", None, "P2", 2],
            ],
        },
    )
    plan, problems = check(reader)
    assert problems == {}
    contact, company = plan.entries["customers"]
    assert "Company" not in contact.values
    assert company.values["Company"] == "1"
    assert company.values["Country"] == "1"
    assert company.values["Invoice Legal Name"] == "One"
    taxes = [entry.values.get("Sales Taxes") for entry in plan.entries["products"]]
    assert taxes == ["8,10", "9", ""]
    (order,) = plan.entries["orders"]
    assert [line.values.get("Discount %") for line in order.lines] == ["0", None]


def test_all_problems_at_once(tmp_path):
    reader = read_sheets(
        tmp_path / "book.xlsx",
        {
            "Customers": [
                ["Reference", "Name", "Country", "Customer Level", "Contact Of"],
                ["K1", "One", "Germny", "Gold"],
                [None, "Nobody"],
                ["K1", None],
                ["K3", "Kim", None, "Key", "K9"],
                ["K4", "Lee", None, None, "K3"],
                ["K5", "Own", None, None, "K5"],
            ],
        },
    )
    _plan, problems = check(reader)
    assert "Did you mean “Germany”?" in problems[2, "Country"]
    assert "There are: Key, Standard." in problems[2, "Customer Level"]
    assert "empty, and is required" in problems[3, "Reference"]
    assert "empty, and is required" in problems[4, "Name"]
    assert "there already, in row 2" in problems[4, "Reference"]
    assert "A contact has it from its company" in problems[5, "Customer Level"]
    assert "no customer with the Reference K9" in problems[5, "Contact Of"]
    assert "K3 is a contact itself" in problems[6, "Contact Of"]
    assert "own Reference" in problems[7, "Contact Of"]
    assert len(problems) == 9


def test_problems_of_products(tmp_path):
    text = "Reference,Name,Type,Stock on Hand,Barcode,Sales Price,Category,Unit\n"
    text += "P1,Desk,service,5,1,,,Unit\nP2,Chair,,,1,-1,A//B,\n"
    _plan, problems = check(read(tmp_path / "products.csv", text))
    assert problems == {
        (2, "Stock on Hand"): "A service has no stock.",
        (2, "Unit"): "There is no unit “Unit”. Did you mean “Units”?",
        (3, "Barcode"): "1 is there already, in row 2.",
        (3, "Category"): "“A//B” has an empty step: write Furniture / Desks.",
        (3, "Sales Price"): "-1 is less than 0.",
    }


def test_problems_of_orders(tmp_path):
    text = ORDER_HEADER
    text += (
        "A1,K1,P1,-2,,\nA1,K2,P9,1,x,101\nA2,,P1,1,,5%\nA3,p1,P1,0,,\nA4,K3,P1,1,,\n"
    )
    reader = read(tmp_path / "orders.csv", text)
    known = catalogs.Existing(1)
    archived = catalogs.Existing(2, "The customer K3 is archived in Odoo.")
    _plan, problems = check(
        reader,
        customers={"K1": known, "K2": known, "K3": archived},
        products={"P1": known},
    )
    assert "not more than 0" in problems[2, "Quantity"]
    assert "A1 has “K1” in row 2" in problems[3, "Customer"]
    assert "no product with the Reference P9" in problems[3, "Product"]
    assert "“x” is not a number" in problems[3, "Unit Price"]
    assert "101 is not a discount from 0 to 100" in problems[3, "Discount %"]
    assert "Order A2 has no customer" in problems[4, "Customer"]
    assert "no customer with the Reference p1" in problems[5, "Customer"]
    assert "not more than 0" in problems[5, "Quantity"]
    assert "is archived" in problems[6, "Customer"]
    assert len(problems) == 9


def test_one_problem_makes_no_others(tmp_path):
    """An order of a customer whose row is wrong is not wrong itself."""
    reader = read_sheets(
        tmp_path / "book.xlsx",
        {
            "Customers": [["Reference", "Name", "Country"], ["K1", "One", "Nowhere"]],
            "Products": [["Reference", "Name"], ["P1", None]],
            "Orders": [
                ["Order", "Customer", "Product", "Quantity"],
                ["A1", "K1", "P1", 1],
            ],
        },
    )
    plan, _problems = check(reader)
    assert [(p.sheet, p.row, p.column) for p in plan.problems] == [
        ("Customers", 2, "Country"),
        ("Products", 2, "Name"),
    ]


def test_a_name_that_two_records_have(tmp_path):
    text = "Order,Customer,Product,Quantity,Pricelist\nA1,K1,P1,1,euro\n"
    known = catalogs.Existing(1)
    _plan, problems = check(
        read(tmp_path / "o.csv", text), customers={"K1": known}, products={"P1": known}
    )
    assert "There are 2 records “euro” (pricelist)" in problems[2, "Pricelist"]


# === TEMPLATE AND DOCUMENTATION === #


@pytest.mark.parametrize("kind", list(columns.SHEETS))
def test_documentation_agrees_with_the_table(kind):
    page = (REPO / "docs" / "IMPORT.md").read_text()
    assert columns.get_markdown(columns.SHEETS[kind]) in page


def test_template_holds_every_column(tmp_path):
    path = tmp_path / "template.xlsx"
    template.write_workbook(path)
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["Customers", "Products", "Orders", "Explanation"]
    explained = [
        (row[0], row[1])
        for row in workbook["Explanation"].iter_rows(min_row=2, values_only=True)
    ]
    assert explained == [
        (sheet.title, column.name)
        for sheet in columns.SHEETS.values()
        for column in sheet.columns
    ]
    reader = Reader()
    reader.read(path)
    assert not reader.problems
    assert [len(table.rows) for table in reader.tables] == [1, 1, 1]
    assert not any(table.problems for table in reader.tables)


def test_examples_are_left_out(tmp_path):
    path = tmp_path / "orders.csv"
    template.write_csv(path, "orders")
    with path.open("a", encoding="utf-8") as stream:
        stream.write("A1,K1,,,,,P1,2,,,\n")
    reader = Reader()
    reader.read(path)
    known = catalogs.Existing(1)
    plan, problems = check(reader, customers={"K1": known}, products={"P1": known})
    assert problems == {}
    assert [entry.key for entry in plan.entries["orders"]] == ["A1"]
    assert "example (EXAMPLE) is left out" in plan.notes[0]


def test_template_is_not_written_over_a_file(tmp_path):
    path = tmp_path / "mine.xlsx"
    path.write_text("mine")
    for name, kind, reason in (
        ("mine.xlsx", None, "there already"),
        ("new.csv", None, "add --kind customers"),
        ("new.ods", None, ".xlsx or a .csv"),
        ("nowhere/new.xlsx", None, "There is no folder"),
    ):
        with pytest.raises(console.O2cError, match=reason):
            importer.write_template(tmp_path / name, kind)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(("name", "kind"), [("new.xlsx", None), ("new.csv", "orders")])
def test_template_command(tmp_path, name, kind):
    command = [sys.executable, "-m", "o2c_cli.importing.template", name]
    subprocess.run(
        [*command, *(["--kind", kind] if kind else [])],
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(REPO / "tools")},
    )
    assert (tmp_path / name).stat().st_size > 100


# === THE COMMAND === #


def tell(monkeypatch, tmp_path, **outcome):
    """Return whether all was well with an outcome; Odoo is not asked."""
    monkeypatch.setattr(importer.paths, "HOME", tmp_path)
    monkeypatch.setattr(importer, "REPORT", tmp_path / "report.csv")
    outcome = {
        "company": "Company",
        "problems": [],
        "counts": {},
        "skipped": [],
        "notes": [],
        **outcome,
    }

    def run_script(_database, _name, **variables):
        task = json.loads(variables["O2C_IMPORT"])
        Path(task["outcome"]).write_text(json.dumps(outcome))

    monkeypatch.setattr(importer.database, "run_script", run_script)
    return importer.import_files([tmp_path / "a.xlsx"])


def test_command_says_what_it_loaded(monkeypatch, tmp_path, capsys):
    counts = {
        "customers": {"new": 2, "updated": 1},
        "products": {"new": 0, "updated": 0},
        "orders": {"new": 3, "updated": 0},
    }
    assert tell(monkeypatch, tmp_path, counts=counts, skipped=["A1", "A2"])
    said = capsys.readouterr().out
    assert "Loaded into Company:" in said
    assert "customers       3   2 new, 1 updated" in said
    assert "orders          3   3 new" in said
    assert "2 orders are in Odoo already" in said and "A1, A2" in said
    assert "products" not in said


def test_command_with_nothing_new(monkeypatch, tmp_path, capsys):
    counts = {"orders": {"new": 0, "updated": 0}}
    assert tell(monkeypatch, tmp_path, counts=counts, skipped=["A1"])
    said = capsys.readouterr().out
    assert "nothing new" in said and "quotations" not in said


def test_command_says_what_is_wrong(monkeypatch, tmp_path, capsys):
    problems = [
        {
            "file": "a.xlsx",
            "sheet": "Orders",
            "row": row,
            "column": "Product",
            "text": "x",
        }
        for row in range(2, 102)
    ]
    assert not tell(monkeypatch, tmp_path, problems=problems)
    said = capsys.readouterr().out
    assert "a.xlsx, sheet Orders" in said
    assert "row 2     Product: x" in said
    assert "and 40 more" in said
    assert "100 problems: nothing was loaded." in said
    assert len((tmp_path / "report.csv").read_text().splitlines()) == 101


def test_command_with_nothing_to_load(monkeypatch, tmp_path, capsys):
    assert not tell(monkeypatch, tmp_path)
    assert "hold no rows" in capsys.readouterr().out


def test_command_refuses_before_it_starts(monkeypatch, tmp_path):
    with pytest.raises(console.O2cError, match="Which files"):
        importer.check_files([])
    with pytest.raises(console.O2cError, match="There is no file"):
        importer.check_files([tmp_path / "a.csv"])
    (tmp_path / "a.csv").touch()
    monkeypatch.setattr(importer.paths, "VENV", tmp_path / "venv")
    with pytest.raises(console.O2cError, match="./o2c up first"):
        importer.check_files([tmp_path / "a.csv"])
