"""A person at the web client: what they see, click and type."""

import re
from pathlib import Path

DESK = {"width": 1366, "height": 860}
PHONE = {"width": 390, "height": 844}
TIMEOUT = 20_000


class Person:
    """Somebody signed in to the company, at a desk or with a phone in hand."""

    def __init__(self, browser, address, login, pictures, phone=False):
        """Sign in.

        :param str address: where the company answers
        :param pictures: folder for screenshots, None to take none
        :param bool phone: a small touch screen instead of a desk
        """
        self.address, self.pictures, self.phone = address, pictures, phone
        self.context = browser.new_context(
            viewport=PHONE if phone else DESK,
            is_mobile=phone,
            has_touch=phone,
            locale="en-US",
            timezone_id="Europe/Berlin",
            accept_downloads=True,
        )
        self.context.set_default_timeout(TIMEOUT)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note_error)
        self.page.goto(f"{address}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", "demo")
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        if exc_type:
            self.picture("failed")
        self.context.close()
        if exc_type is None:
            assert not self.errors, self.errors

    def _note_error(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    # -- Where

    def open(self, action):
        """Open one of the addon's actions by its name."""
        self.page.goto(f"{self.address}/odoo/action-sale_o2c_flow.{action}")
        self.page.wait_for_selector(".o_view_controller")

    def open_row(self, text):
        """Open the row of a list, or the card, that holds a text."""
        self.row(text).click()
        self.page.wait_for_selector(".o_form_view")

    def row(self, text):
        """Return the row or card that holds a text."""
        records = self.page.locator(".o_data_row, .o_kanban_record")
        return records.filter(has_text=text).first

    def search(self, text):
        """Search the list for a text."""
        entry = self.page.locator(".o_searchview_input")
        entry.click()
        entry.press_sequentially(text)
        self.page.locator(".o_searchview_autocomplete").get_by_text(
            text
        ).first.wait_for()
        entry.press("Enter")
        self.page.locator(".o_searchview_facet").filter(has_text=text).wait_for()

    # -- What they do

    def click(self, name, within=None):
        """Click a button by the method or action it calls."""
        place = within or self.page.locator(".modal:visible, .o_action_manager").last
        place.locator(f"button[name='{name}']:visible").first.click()

    def type(self, field, text, within=None):
        """Type into a field."""
        self.input(field, within).fill(str(text))

    def choose(self, field, text, within=None):
        """Type into a field that offers records, and take the first it offers."""
        entry = self.input(field, within)
        entry.click()
        entry.fill(text)
        options = self.page.locator(
            ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)"
        )
        options.filter(has_text=text).first.click()

    def input(self, field, within=None):
        """Return where a field is typed in."""
        place = within or self.page.locator(".modal:visible, .o_action_manager").last
        return place.locator(
            f"[name='{field}'] input:visible, [name='{field}'] textarea:visible"
        ).first

    def save(self):
        """Save the form."""
        self.page.locator(".o_form_button_save").click()
        self.page.wait_for_selector(".o_form_saved, .o_form_readonly")

    def prints(self, report):
        """Print the document, and return the file that comes."""
        self.page.locator(".o_cp_action_menus button:has(.fa-cog)").first.click()
        self.page.locator(".o-dropdown--menu").get_by_text("Print").hover()
        with self.page.expect_download() as download:
            self.page.locator(".o-dropdown--menu").get_by_text(report).click()
        return Path(download.value.path()).read_bytes()

    # -- What they see

    def sees(self, text):
        """Wait until the page shows a text."""
        self.page.get_by_text(re.compile(text)).first.wait_for()

    def reads(self, field):
        """Return what a field of the form shows."""
        return self.page.locator(f".o_form_view [name='{field}']").first.inner_text()

    def stage(self, code):
        """Return the state of a stage of the progress line: todo, active, done..."""
        stage = self.page.locator(f".o_o2c_stage[data-stage={code}]")
        return stage.get_attribute("data-state")

    def sees_stage(self, code, state):
        """Wait until a stage of the progress line has come to a state."""
        self.page.wait_for_selector(
            f".o_o2c_stage[data-stage={code}][data-state={state}]"
        )

    def picture(self, name):
        """Keep what the screen shows."""
        if not self.pictures:
            return
        self.page.wait_for_function(
            "!document.querySelector('.o_loading_indicator, .o_blockUI')"
        )
        self.page.wait_for_timeout(500)
        suffix = "-phone" if self.phone else ""
        self.page.screenshot(path=self.pictures / f"{name}{suffix}.png")
