"""Every setting of a venue: typed, checked as its file is, shown with what it changes for whom, then saved."""

from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from core import preview, request
from core.db import rehearsal, transaction
from core.paging import paginate
from organizers import effects, history, queries, venue_export, venue_file, venue_loading, venue_values
from organizers.forms import VenueFileForm
from organizers.setting_forms import PAGES, SettingsForm
from organizers.venue_file import MAX_BYTES, MAX_ENTRIES, VenueFile, VenueFileError
from organizers.venue_loading import Outdated, Report
from organizers.views import blueprint
from venues import announcing, current

pages = blueprint("organizers_settings", __name__)
NAMES = f"<any({', '.join(PAGES)}):name>"


@pages.get("/settings/")
def index() -> ResponseReturnValue:
    """The first of the pages."""
    return redirect(url_for(".page", name="basics"))


@pages.get(f"/settings/{NAMES}")
def page(name: str) -> ResponseReturnValue:
    """What is stored, to be changed."""
    session, venue = request.session(), current.venue()
    form = PAGES[name].form(formdata=None)
    form.show(venue_export.table(session, venue, form.table))
    form.started_from.data = venue_export.mark(session, venue, form.table)
    return _page(name, form)


@pages.post(f"/settings/{NAMES}")
def save(name: str) -> ResponseReturnValue:
    """Check what was typed, show what it would change and for whom; once that is confirmed, save it."""
    session, venue, viewer, at = request.session(), current.venue(), current.signed_in(), request.at()
    if len(http.form) > 5 * MAX_ENTRIES:
        abort(413)
    form = PAGES[name].form()
    if form.press(http.form) or "edit" in http.form or preview.is_asked_for():
        return _page(name, form)
    act: dict[str, Any] = {
        "table": form.table,
        "started_from": form.started_from.data,
        "by": viewer,
        "at": at,
    }
    is_confirmed = "confirmed" in http.form
    try:
        file = venue_file.read({form.table: form.content()}, venue.event_zone)
        with transaction(session) if is_confirmed else rehearsal(session):
            report = venue_loading.change(session, venue, file, **act)
    except VenueFileError as error:
        form.show_faults(error.faults)
        return _page(name, form, 422)
    except Outdated:
        return _compared(name, form)
    if not report.changes:
        flash("Nothing was changed, so nothing was saved.", "info")
    elif is_confirmed:
        flash("Saved. The history says what was changed.", "success")
    else:
        return _confirm(PAGES[name].title, file, report)
    return redirect(url_for(".page", name=name), 303)


def _page(name: str, form: SettingsForm, status: int = 200, **values: Any) -> ResponseReturnValue:
    texts = form.content() if name == "dates" else {}
    previews = preview.of(form, *form.content()) if name == "texts" else {}
    found, warnings = venue_values.meant(texts, current.venue().event_zone)
    text = render_template(
        "organizers/setting.html",
        page=PAGES[name],
        name=name,
        form=form,
        meant=found,
        warnings=warnings,
        previews=previews,
        **values,
    )
    return text, status


def _confirm(title: str, file: VenueFile, report: Report, **values: Any) -> str:
    """What a change would do, with all that was typed."""
    session, viewer, venue = request.session(), current.signed_in(), current.venue()
    changed = [change.what for change in report.changes]
    zone = file.fields.get("event_zone", venue.event_zone)
    meant = {
        f"dates.{kind}": announcing.meaning(kind, date, zone) for kind, date in file.dates.items() if date
    }
    return render_template(
        "organizers/setting_confirm.html",
        title=title,
        changes=[
            history.Changed(each.label, each.before, each.after, meant.get(each.what, ""))
            for each in report.changes
        ],
        notes=report.notes,
        effects=effects.for_whom(session, venue, file, changed, viewer, request.at()),
        **{"typed": [pair for pair in http.form.items(multi=True) if pair[0] != "csrf_token"], **values},
    )


def _compared(name: str, form: SettingsForm) -> ResponseReturnValue:
    """Somebody saved meanwhile: both side by side. What was typed can be saved over it, once it was seen."""
    session, venue = request.session(), current.venue()
    form.started_from.data = venue_export.mark(session, venue, form.table)
    mine, saved = form.content(), venue_export.table(session, venue, form.table)
    if isinstance(saved, list):
        pairs = [(form[form.table].label.text, _lines(mine), _lines(saved))]
    else:
        pairs = [(form[key].label.text, _lines(mine[key]), _lines(saved[key])) for key in mine]
    who, when = history.last_change(session, venue.id)
    different = [(label, *both) for label, *both in pairs if both[0] != both[1]]
    return _page(name, form, 409, compared=different, saved_by=who, saved_at=when)


def _lines(value: Any) -> str:
    """A value of a table as text."""
    if isinstance(value, list):
        return "\n".join(
            ", ".join(part for part in one.values() if part) if isinstance(one, dict) else one
            for one in value
        )
    return str(value or "").replace("\r\n", "\n").strip()


@pages.get("/settings/dates/meaning")
def meaning() -> Response:
    """What the dates that are being typed mean, as JSON."""
    found, warnings = venue_values.meant(http.args, current.venue().event_zone)
    return jsonify(dates=found, warnings=warnings)


@pages.get("/settings/history")
def changes() -> str:
    """Who changed what, when."""
    session, venue = request.session(), current.venue()
    hidden = queries.hidden_from(session, current.signed_in().id, venue.id)
    found = paginate(session, history.entries(venue.id, hidden))
    return render_template("organizers/history.html", page=found, events=history.told(session, found.rows))


@pages.get("/settings/file")
def file(form: VenueFileForm | None = None) -> str:
    """All settings as one file, to take away and to bring back."""
    return render_template(
        "organizers/setting_file.html", form=form or VenueFileForm(), most=MAX_BYTES // 1000
    )


@pages.get("/settings/venue.toml")
def download() -> Response:
    """The venue as its TOML file."""
    venue = current.venue()
    text = venue_export.to_toml(request.session(), venue)
    headers = {"Content-Disposition": f'attachment; filename="{venue.slug}.toml"'}
    return Response(text, mimetype="application/toml", headers=headers)


@pages.post("/settings/file")
def load() -> ResponseReturnValue:
    """Check a file of this venue, show what it would change and for whom; once that is confirmed, save it."""
    session, venue, viewer, at = request.session(), current.venue(), current.signed_in(), request.at()
    form, text = VenueFileForm(), http.form.get("text", "")
    if "edit" in http.form:
        return redirect(url_for(".file"), 303)
    if not text and not form.validate():
        return file(form), 422
    data = text.encode() if text else form.file.data.stream.read(MAX_BYTES + 1)
    is_confirmed, started_from = "confirmed" in http.form, http.form.get("started_from", "")
    try:
        found = venue_file.parse(data, lambda _slug: venue.event_zone)
        if found.slug != venue.slug:
            raise VenueFileError([f"venue.slug: This is the file of {found.slug!r}; here is {venue.slug!r}."])
        with transaction(session) if is_confirmed else rehearsal(session):
            report = venue_loading.change(session, venue, found, started_from=started_from, by=viewer, at=at)
    except VenueFileError as error:
        form.file.errors = error.sentences
        return file(form), 422
    except Outdated:
        flash("Somebody changed the settings meanwhile. Look again at what the file changes now.", "warning")
        is_confirmed = False
        with rehearsal(session):
            report = venue_loading.change(session, venue, found, by=viewer, at=at)
    if report.changes and not is_confirmed:
        typed = [("text", data.decode()), ("started_from", venue_export.mark(session, venue))]
        return _confirm("File", found, report, typed=typed)
    flash(
        "Saved. The history says what was changed." if report.changes else "The file changes nothing.",
        "success",
    )
    return redirect(url_for(".file"), 303)
