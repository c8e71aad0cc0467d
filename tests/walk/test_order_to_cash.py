"""One order, from quotation to cash, by the people who would really do it."""

CUSTOMER = "Nordwind Möbel GmbH"


def test_an_order_from_quotation_to_cash(person):
    with person("sofia") as sofia:
        order = make_quotation(sofia)
        submit(sofia)
    approve(person, order)
    with person("sofia") as sofia:
        open_order(sofia, order)
        sofia.sees_stage("approval", "done")
        sofia.picture("05-confirmed")
    ship_in_two(person, order)
    collect(person, order)
    invoice(person, order)
    with person("sofia") as sofia:
        open_order(sofia, order)
        for stage in ("approval", "shipment", "receipt", "collection", "invoicing"):
            sofia.sees_stage(stage, "done")
        sofia.picture("15-done")
        assert sofia.prints("Order to Cash Statement").startswith(b"%PDF")
        sofia.open("action_o2c_fact")
        sofia.page.locator(".o_pivot_cell_value").first.wait_for()
        sofia.picture("16-analysis")


def test_a_rejected_order_is_mended_and_submitted_again(person):
    with person("sofia") as sofia:
        order = make_quotation(sofia)
        submit(sofia)
    with person("olivia", phone=True) as olivia:
        olivia.open("action_o2c_approval_task_mine")
        olivia.click("action_open_reject", within=olivia.row(order))
        olivia.page.get_by_label("Price too low").check()
        olivia.type("comment", "Give 10 % at most.")
        olivia.picture("17-reject")
        olivia.type("comment", "")
        olivia.click("action_reject")
        olivia.sees("Missing required fields")
        olivia.type("comment", "Give 10 % at most.")
        olivia.click("action_reject")
        olivia.row(order).wait_for(state="detached")
    with person("sofia") as sofia:
        open_order(sofia, order)
        sofia.sees_stage("approval", "alert")
        sofia.page.get_by_role("tab", name="Order to Cash").click()
        sofia.sees("Give 10 % at most.")
        sofia.picture("18-rejected")
        sofia.page.get_by_role("tab", name="Order Lines").click()
        change_discount(sofia, "DES01", 10)
        sofia.click("action_o2c_submit")
        sofia.sees_stage("approval", "active")


def change_discount(sofia, code, discount):
    """Give a line another discount, and save."""
    line = sofia.page.locator("[name=order_line] .o_data_row").filter(has_text=code)
    line.locator("[name=discount]").click()
    sofia.type("discount", discount)
    sofia.save()


def make_quotation(sofia):
    """Make a quotation that needs the team leader, and return its number."""
    sofia.open("action_sale_order_o2c")
    sofia.page.click(".o_list_button_add")
    sofia.choose("partner_id", CUSTOMER)
    add_line(sofia, "DES01", quantity=10, discount=12)
    add_line(sofia, "DES03", quantity=4, discount=5)
    sofia.sees("12.00 % off; from 10.01 %")
    sofia.picture("01-quotation")
    sofia.save()
    assert sofia.stage("approval") == "todo"
    return sofia.reads("name").strip()


def add_line(sofia, code, quantity, discount):
    """Add a product to the order."""
    lines = sofia.page.locator("[name=order_line] .o_data_row")
    line = lines.nth(lines.count())
    sofia.page.get_by_role("button", name="Add a product").click()
    line.wait_for()
    product = line.locator("[name=product_template_id] input, [name=product_id] input")
    product.first.fill(code)
    sofia.page.locator(".o-autocomplete--dropdown-item").filter(
        has_text=code
    ).first.click()
    sofia.type("product_uom_qty", quantity, within=line)
    sofia.type("discount", discount, within=line)
    line.locator("[name=price_unit] input").click()


def submit(sofia):
    """Send the quotation to those who have to approve it."""
    sofia.click("action_o2c_submit")
    sofia.sees_stage("approval", "active")
    sofia.sees("Waits for Order Administration")
    sofia.page.get_by_role("tab", name="Order to Cash").click()
    sofia.picture("02-submitted")


def open_order(somebody, order):
    """Open the order from the list."""
    somebody.open("action_sale_order_o2c")
    somebody.search(order)
    somebody.open_row(order)


def approve(person, order):
    """Have every department approve, on the phone or at the desk."""
    decide(person, "olivia", order, phone=True, picture="03-approve")
    decide(person, "tom", order, phone=True)
    decide(person, "felix", order, phone=False, picture="04-approve")
    decide(person, "wei", order, phone=True)


def decide(person, login, order, phone, picture=None):
    """Approve what waits for somebody."""
    with person(login, phone=phone) as decider:
        decider.open("action_o2c_approval_task_mine")
        decider.row(order).wait_for()
        if picture:
            decider.picture(picture)
        decider.click("action_approve", within=decider.row(order))
        decider.row(order).wait_for(state="detached")


def ship_in_two(person, order):
    """Ship a part from the phone, the rest from the desk, then confirm receipt."""
    with person("sam", phone=True) as sam:
        sam.open("action_o2c_to_ship")
        sam.row(order).wait_for()
        sam.picture("06-to-ship")
        sam.click("action_o2c_ship", within=sam.row(order))
        sam.type("carrier", "DHL")
        sam.type("tracking_ref", "JD0146")
        sam.page.locator(".modal .o_kanban_record").first.click()
        sam.page.locator(".modal").last.locator("[name=quantity] input").fill("4")
        sam.page.locator(".modal").last.locator(".o_form_button_save").click()
        sam.picture("07-ship")
        sam.click("action_confirm")
        sam.page.wait_for_selector(".modal", state="detached")
    with person("sam") as sam:
        sam.open("action_o2c_to_ship")
        sam.click("action_o2c_ship", within=sam.row(order))
        sam.type("tracking_ref", "JD0147")
        sam.picture("08-ship-rest")
        sam.click("action_confirm")
        sam.page.wait_for_selector(".modal", state="detached")
    with person("sam", phone=True) as sam:
        for _delivery in range(2):
            confirm_receipt(sam, order)


def confirm_receipt(sam, order):
    """Confirm, on behalf of the customer, that one delivery has arrived."""
    sam.open("action_o2c_to_receive")
    sam.click("action_o2c_confirm_receipt", within=sam.row(order))
    sam.type("received_name", "Jonas Weber")
    sam.picture("09-receipt")
    sam.click("action_confirm")
    sam.page.wait_for_selector(".modal", state="detached")


def collect(person, order):
    """Report the money, and have finance confirm it."""
    with person("sofia") as sofia:
        open_order(sofia, order)
        sofia.click("action_o2c_new_collection")
        sofia.page.get_by_text("Send to Finance").wait_for()
        sofia.type("payment_ref", f"TRANSFER {order}")
        sofia.picture("10-collection")
        sofia.click("action_submit")
        sofia.page.wait_for_selector(".o_arrow_button_current >> text=To Confirm")
    with person("felix") as felix:
        felix.open("action_o2c_collection_to_confirm")
        felix.row(order).wait_for()
        felix.picture("11-confirm-collection")
        felix.click("action_confirm", within=felix.row(order))
        felix.row(order).wait_for(state="detached")


def invoice(person, order):
    """Ask for the invoice, and have finance issue it."""
    with person("sofia") as sofia:
        open_order(sofia, order)
        sofia.sees_stage("collection", "done")
        sofia.click("action_o2c_new_invoice_request")
        sofia.page.get_by_text("Send to Finance").wait_for()
        sofia.picture("12-invoice-request")
        sofia.click("action_submit")
        sofia.page.wait_for_selector(".o_arrow_button_current >> text=To Issue")
    with person("felix") as felix:
        felix.open("action_o2c_invoice_request_to_issue")
        felix.row(order).wait_for()
        felix.picture("13-issue")
        felix.open_row(order)
        felix.click("action_issue")
        felix.page.wait_for_selector(".o_arrow_button_current >> text=Issued")
        felix.click("action_view_invoices")
        felix.sees("INV/")
        felix.picture("14-invoice")
