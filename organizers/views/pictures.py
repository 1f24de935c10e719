"""Pictures of the people on the home page: taken in, made small and plain, shown, removed."""

import shutil
import tempfile
from pathlib import Path

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core import portrait, request
from core.db import transaction
from core.portrait import PortraitError
from organizers import actions, queries
from organizers.forms import PictureForm
from organizers.views import blueprint
from program.presenters import initials
from venues import current, policy

pages = blueprint("organizers_pictures", __name__)
NOBODY = "The list of people was changed meanwhile, and nobody on it is called so any more."


@pages.get("/settings/pictures")
def index(sent: PictureForm | None = None) -> str:
    """Everybody who is named, with the picture or the initials that stand on the home page."""
    people = []
    for number, one in enumerate(request.session().execute(queries.faces(current.venue().id))):
        form = sent if sent and sent.name.data == one.name else PictureForm(formdata=None)
        form.picture.id, form.picture.label.text = f"picture-{number}", f"Picture of {one.name}"
        people.append((one, initials(one.name), form))
    return render_template("organizers/pictures.html", people=people)


@pages.post("/settings/pictures")
def upload() -> ResponseReturnValue:
    """Take a picture in: what is kept and shown is made of it, and holds nothing but its pixels."""
    session, venue, viewer, form = request.session(), current.venue(), current.signed_in(), PictureForm()
    policy.may_organize(session, viewer, venue).enforce()
    store, name = request.store(), form.name.data or ""
    session.rollback()  # nothing is held while the picture is looked at
    with tempfile.TemporaryDirectory(dir=store.incoming) as folder:
        try:
            path = Path(folder) / "sent"
            if not form.picture.data:
                raise PortraitError("Choose a picture first.")
            with path.open("wb") as file:
                shutil.copyfileobj(form.picture.data.stream, file, portrait.MAX_BYTES + 1)
            with portrait.make(path, Path(folder)).open("rb") as made:
                blob = store.put(made, limit=portrait.MAX_MADE)
        except PortraitError as error:
            form.picture.errors = [str(error)]
            return index(form), 422
    return _set(name, blob.sha256)


@pages.post("/settings/pictures/remove")
def remove() -> ResponseReturnValue:
    """Show initials again."""
    return _set(PictureForm().name.data or "", None)


def _set(name: str, sha256: str | None) -> ResponseReturnValue:
    session, by, at = request.session(), current.signed_in(), request.at()
    with transaction(session):
        is_there = actions.set_picture(session, current.venue(), name, sha256, by=by, at=at)
    said = f"The home page shows {'the picture' if sha256 else 'the initials'} of {name}."
    flash(said if is_there else NOBODY, "success" if is_there else "warning")
    return redirect(url_for(".index"), 303)
