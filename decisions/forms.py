"""What organizers type when they release."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length


class ReleaseForm(FlaskForm):
    """When the decisions are released: empty is now."""

    moment = StringField(
        "Moment",
        [Length(max=200)],
        description="Empty: now. Or a day and an hour, such as 2022-10-20 14:00 UTC.",
    )
