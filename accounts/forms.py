"""What people type about themselves."""

import re
from collections.abc import Collection
from typing import Any

import wtforms
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from accounts import passwords
from core.addresses import AddressError, canonical


class AddressField(wtforms.EmailField):
    """An e-mail; `address` is its canonical form once it is valid."""

    address = ""

    def pre_validate(self, form: Any) -> None:
        try:
            self.address = canonical(self.data or "")
        except AddressError as error:
            raise ValidationError(str(error)) from None


def one_line(text: str | None) -> str:
    """The text without line breaks, control characters, and marks that turn the direction of what follows."""
    return " ".join(
        re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", " ", text or "").split()
    )


def _address_field(label: str = "E-mail") -> AddressField:
    return AddressField(label, [InputRequired("Type your e-mail.")])


def _name_field() -> wtforms.StringField:
    checks = [DataRequired("Type your name."), Length(max=200, message="Use at most 200 characters.")]
    return wtforms.StringField("Name", checks, filters=[one_line], description="As it stands on your papers.")


def _affiliation_field() -> wtforms.StringField:
    return wtforms.StringField(
        "Affiliation", [Length(max=200, message="Use at most 200 characters.")], filters=[one_line]
    )


def _new_password_field(label: str = "Password") -> wtforms.PasswordField:
    return wtforms.PasswordField(
        label, [InputRequired("Choose a password.")], description=f"At least {passwords.LEAST} characters."
    )


class _WithNewPassword(FlaskForm):
    """A form with a new password for the owner of `addresses`."""

    addresses: Collection[str] = ()

    def validate_new_password(self, field: wtforms.PasswordField) -> None:
        if fault := passwords.fault(field.data or "", self.addresses):
            raise ValidationError(fault)


class AddressForm(FlaskForm):
    """An e-mail to send a letter to."""

    email = _address_field()
    next = wtforms.HiddenField()


class AnotherAddressForm(FlaskForm):
    """One more e-mail of somebody who is signed in."""

    email = _address_field("Another e-mail")


class WelcomeForm(_WithNewPassword):
    """A new account. The e-mail is asked for only where the link names none."""

    email = _address_field()
    name = _name_field()
    affiliation = _affiliation_field()
    new_password = _new_password_field()

    def __init__(self, address: str) -> None:
        super().__init__()
        self.addresses = [address]
        if address:
            del self.email

    def validate_new_password(self, field: wtforms.PasswordField) -> None:
        if "email" in self:
            self.addresses = [self.email.address]
        super().validate_new_password(field)


class SignInForm(FlaskForm):
    """E-mail and password."""

    email = _address_field()
    password = wtforms.PasswordField("Password", [InputRequired("Type your password.")])
    next = wtforms.HiddenField()


class ResetForm(_WithNewPassword):
    """A new password by link."""

    new_password = _new_password_field("New password")


class PasswordForm(_WithNewPassword):
    """A new password for somebody who is signed in."""

    current_password = wtforms.PasswordField("Current password")
    new_password = _new_password_field("New password")


class ProfileForm(FlaskForm):
    """What others see."""

    name = _name_field()
    affiliation = _affiliation_field()


class CodeForm(FlaskForm):
    """The second step of a sign-in."""

    code = wtforms.StringField("Code", [InputRequired("Type the code.")])
    next = wtforms.HiddenField()


class TurnOnForm(FlaskForm):
    """An app that was just set up. `carried` is the signed secret, so that nothing is kept before it is confirmed."""

    carried = wtforms.HiddenField()
    current_password = wtforms.PasswordField("Current password")
    code = wtforms.StringField("Code", [InputRequired("Type the six digits that the app shows.")])


class TurnOffForm(FlaskForm):
    """No more second step: a code of the app will do, a recovery code needs the password as well."""

    code = wtforms.StringField("Code", [InputRequired("Type a code of the app, or a recovery code.")])
    current_password = wtforms.PasswordField("Current password")
