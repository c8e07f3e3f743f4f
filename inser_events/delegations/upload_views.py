"""The focal point's spreadsheet: the template, sending it, looking at every row, entering all of them or none."""

import re
import secrets

from flask import Blueprint, Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from inser_events.clock import now
from inser_events.database import rollback
from inser_events.delegations import people
from inser_events.delegations.errors import NoSuchLetter, RowsRefused
from inser_events.delegations.models import Delegation
from inser_events.delegations.nominee_tables import NamedRow, knows_heading, read_nominees, template, without_example
from inser_events.delegations.views import back, confirmed, download, holder, show
from inser_events.documents.sheets import xlsx
from inser_events.documents.tables import MOST_BYTES, UnreadableTable, table_from
from inser_events.registration.import_files import drop_table, keep_table, kept_table
from inser_events.web.access import by_link
from inser_events.web.limits import limiter

blueprint = Blueprint("delegation_upload", __name__, url_prefix="/delegations/<token>")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEY = re.compile(r"[0-9a-f]{16}")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/template.xlsx")
@by_link
def empty_table(token: str) -> ResponseReturnValue:
    """The spreadsheet to fill in."""
    delegation = holder(token)
    return download(xlsx([template(delegation)]), XLSX_TYPE, f"{delegation.event.slug}-delegation.xlsx")


@blueprint.route("/upload", methods=["GET", "POST"])
@by_link
@limiter.limit("30/minute", methods=["POST"])
def upload(token: str) -> ResponseReturnValue:
    """Choose a file."""
    delegation = holder(token)
    problem = ""
    if request.method == "POST":
        confirmed()
        sent = request.files.get("file")
        uid = delegation.uid
        # Reading a workbook takes a while: others may write meanwhile.
        rollback()
        try:
            if sent is None or not sent.filename:
                raise UnreadableTable(_("Choose a file first."))  # noqa: TRY301 — one way to show a problem
            content = sent.stream.read(MOST_BYTES + 1)
            table = without_example(table_from(content, sent.filename[:100], is_heading=knows_heading))
            if not table.rows:
                raise UnreadableTable(_("The file has headings but no rows."))  # noqa: TRY301 — one way to show a problem
            if len(table.rows) > people.MOST_AT_ONCE:
                words = _("At most %(number)s people at once, please.", number=people.MOST_AT_ONCE)
                raise UnreadableTable(words)  # noqa: TRY301 — one way to show a problem
        except UnreadableTable as error:
            problem = error.message
        else:
            key = secrets.token_hex(8)
            keep_table(current_app.extensions["settings"], f"{uid}-{key}", table)
            return redirect(f"/delegations/{token}/upload/{key}", 303)
    delegation = holder(token)
    may_name = people.may_name(delegation, now())
    return show("delegations/upload.html", delegation, token, faulty=bool(problem), problem=problem, may_name=may_name)


def _rows(delegation: Delegation, key: str) -> list[NamedRow]:
    if KEY.fullmatch(key) is None:
        raise NoSuchLetter
    return read_nominees(delegation, kept_table(current_app.extensions["settings"], f"{delegation.uid}-{key}"))


@blueprint.get("/upload/<key>")
@by_link
def preview(token: str, key: str) -> ResponseReturnValue:
    """Every row, and what is wrong with it. Nothing has been entered."""
    delegation = holder(token)
    rows = _rows(delegation, key)
    for place, messages in people.problems_of(delegation, [row.nominee for row in rows]).items():
        rows[place].problems += messages
    return _preview(token, delegation, rows, key)


def _preview(token: str, delegation: Delegation, rows: list[NamedRow], key: str) -> ResponseReturnValue:
    faulty = [row for row in rows if row.problems]
    may_name = people.may_name(delegation, now())
    wrong = bool(faulty) and request.method == "POST"
    return show(
        "delegations/upload_preview.html",
        delegation,
        token,
        faulty=wrong,
        rows=rows,
        faulty_rows=faulty,
        key=key,
        may_name=may_name,
    )


@blueprint.post("/upload/<key>")
@by_link
@limiter.limit("30/minute")
def run(token: str, key: str) -> ResponseReturnValue:
    """Enter everybody, or nobody."""
    delegation = holder(token)
    confirmed()
    rows = _rows(delegation, key)
    if any(row.problems for row in rows):
        return _preview(token, delegation, rows, key)
    try:
        entered = people.enter_people(delegation, [row.nominee for row in rows], at=now())
    except RowsRefused as refusal:
        rollback()  # the page shows who is there
        for place, messages in refusal.problems.items():
            rows[place].problems += messages
        return _preview(token, delegation, rows, key)
    drop_table(current_app.extensions["settings"], f"{delegation.uid}-{key}")
    return back(token, "named", count=len(entered))
