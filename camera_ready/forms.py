"""The upload of a final file."""

from flask_wtf import FlaskForm
from wtforms import FileField


class FinalForm(FlaskForm):
    """One PDF."""

    paper = FileField("Final PDF")
