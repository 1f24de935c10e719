"""A session lost in the middle of a form: nothing typed is lost, and nobody else gets it."""

import html
import io
import re
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask import request as flask_request
from flask_login import login_required
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.accounts.mailbox import HASH, PASSWORD, the_link, who
from tests.season import Client, Season, make_app

TYPED = [
    ("title", "  Über <b>\"scores\"</b> & 'kernels'"),
    ("abstract", "one\r\n\r\ntwo\r\n"),
    ("topics", "1"),
    ("topics", "2"),
    ("email", "co-author@example.org"),
    ("resume_to", "/elsewhere"),
]


class Form:
    """One form of a page: where it goes and what it holds."""

    def __init__(self, source: str) -> None:
        (self.action,) = re.findall(r'^<form[^>]* action="(.*?)"', source)
        self.fields = [
            (html.unescape(name), html.unescape(value).replace("\r\n", "\n").replace("\n", "\r\n"))
            for name, value in re.findall(
                r'<input type="hidden" name="(.*?)" value="(.*?)">', source, re.DOTALL
            )
        ]
        self.files = re.findall(
            r'<label[^>]*>Choose (.*?) again</label>.*?type="file" name="(.*?)"', source, re.DOTALL
        )

    def typed(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.fields if name != "csrf_token"]

    def send(self, browser: Client, **more: Any) -> TestResponse:
        data = MultiDict([*self.fields, *more.items()])
        return browser.post(self.action, data=data, content_type="multipart/form-data")


def forms(answer: TestResponse) -> list[Form]:
    """The forms in the content of a page."""
    content = answer.text[answer.text.index("<main") :]
    return [Form(source) for source in re.findall(r"<form.*?</form>", content, re.DOTALL)]


@pytest.fixture
def season(app: Flask, season: Season) -> Season:
    """With tokens, ada's password, and a form at /desk that says what it got."""
    pages = Blueprint("desk", __name__)

    @pages.post("/desk")
    @login_required
    def desk() -> dict[str, Any]:
        fields = [
            (name, value) for name, value in flask_request.form.items(multi=True) if name != "csrf_token"
        ]
        files = [(name, file.filename) for name, file in flask_request.files.items() if file.filename]
        return {"fields": fields, "files": files, "q": flask_request.args.get("q", "")}

    @pages.post("/busy")
    def busy() -> str:
        raise OperationalError("select", {}, Exception("locked"))

    app.register_blueprint(pages)
    app.config["WTF_CSRF_ENABLED"] = True
    season.ada.password_hash = HASH
    season.session.commit()
    return season


def interrupt(
    browser: Client, status: int = 401, path: str = "/desk?q=%C3%BC", **headers: str
) -> TestResponse:
    """Send the form as a browser does whose session is gone."""
    data: MultiDict[str, Any] = MultiDict(TYPED)
    data.add("csrf_token", "of a session that is gone")
    data.add("paper", (io.BytesIO(b"%PDF-"), "my <paper>.pdf"))
    data.add("supplement", (io.BytesIO(b""), ""))
    answer = browser.post(path, data=data, content_type="multipart/form-data", headers=headers)
    assert answer.status_code == status, answer.text
    return answer


def received(answer: TestResponse) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text[:2000]
    return [(name, value) for name, value in answer.json["fields"]]  # type: ignore[index]


def test_signing_in_on_the_page_leads_to_the_form_to_send(season: Season) -> None:
    browser = season.client()
    sign_in, _ = forms(interrupt(browser))
    assert sign_in.action == "/sign-in"
    again = sign_in.send(browser, email="ada@example.org", password=PASSWORD)
    assert again.status_code == 200
    assert again.headers["Cache-Control"] == "no-store"
    assert "You are signed in again" in again.text
    (form,) = forms(again)
    assert form.action == "/desk?q=%C3%BC"
    assert form.typed() == TYPED
    assert form.files == [("my &lt;paper&gt;.pdf", "paper")]
    answer = form.send(browser, paper=(io.BytesIO(b"%PDF-"), "my <paper>.pdf"))
    assert received(answer) == TYPED
    assert answer.json["files"] == [["paper", "my <paper>.pdf"]]  # type: ignore[index]
    assert answer.json["q"] == "ü"  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "status", "count"),
    [
        ("/account/profile", 401, 2),
        ("/sign-up", 400, 1),
        ("/sign-in", 400, 1),
        ("/forgot", 400, 1),
        ("/busy", 401, 2),
    ],
)
def test_signing_in_is_asked_for_where_it_helps(season: Season, path: str, status: int, count: int) -> None:
    answer = interrupt(season.client(), status, path)
    assert [form.action for form in forms(answer)] == ["/sign-in", path][-count:]


def test_a_wrong_password_loses_nothing(season: Season) -> None:
    browser = season.client()
    sign_in, _ = forms(interrupt(browser))
    for _ in range(3):
        answer = sign_in.send(browser, email="ada@example.org", password="a wrong password")
        assert answer.status_code == 422
        assert "What you typed is still here." in answer.text
        page = answer.text.replace(
            'id="csrf_token" name="csrf_token" type="hidden"', 'type="hidden" name="csrf_token"'
        )
        (sign_in,) = [
            Form(source) for source in re.findall(r"<form.*?</form>", page[page.index("<main") :], re.DOTALL)
        ]
    (form,) = forms(sign_in.send(browser, email="ada@example.org", password=PASSWORD))
    assert received(form.send(browser)) == TYPED


def test_signing_in_by_link_in_another_tab(season: Season) -> None:
    browser = season.client()
    _, send_it = forms(interrupt(browser))
    # Too early: the page comes again, with everything.
    early = send_it.send(browser)
    assert early.status_code == 401
    assert forms(early)[1].typed() == TYPED
    token = dict(forms(early)[0].fields)["csrf_token"]
    browser.send("/forgot", email="rey@example.org", csrf_token=token)
    browser.send(the_link(season, "rey@example.org"), without="1", csrf_token=token)
    assert received(send_it.send(browser)) == TYPED


def test_signing_up_in_another_tab(season: Season) -> None:
    browser = season.client()
    page = interrupt(browser)
    assert 'href="/sign-up" target="_blank"' in page.text
    _, send_it = forms(page)
    token = dict(send_it.fields)["csrf_token"]
    browser.send("/sign-up", email="una@example.org", csrf_token=token)
    welcome = {"name": "Una", "new_password": PASSWORD, "csrf_token": token}
    browser.send(the_link(season, "una@example.org"), 303, **welcome)
    assert received(send_it.send(browser)) == TYPED


def test_an_old_page_of_somebody_signed_in(season: Season) -> None:
    browser = season.client(season.ada)
    answer = interrupt(browser, 400)
    assert "This page was older than your sign-in" in answer.text
    (form,) = forms(answer)
    assert form.typed() == TYPED
    assert received(form.send(browser)) == TYPED


def test_the_database_does_not_answer(season: Season) -> None:
    browser = season.client(season.ada)
    token = dict(forms(interrupt(browser, 400))[0].fields)["csrf_token"]
    answer = browser.post("/busy", data=MultiDict([*TYPED, ("csrf_token", token)]))
    assert answer.status_code == 503
    assert [form.typed() for form in forms(answer)] == [TYPED]


def test_the_database_is_gone_altogether(season: Season, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(tmp_path / "data", f"sqlite:///{tmp_path / 'empty.db'}")  # a database without tables
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = season.ada.get_id()
    answer = browser.post("/account/profile", data={"name": "What was typed"})
    assert answer.status_code == 503
    (form,) = forms(answer)
    assert form.typed() == [("name", "What was typed")]
    assert browser.get("/account").status_code == 503
    app.extensions["engine"].dispose()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://dateline.test.evil.example"},
    ],
)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_what_another_site_sent_is_not_offered_for_sending(
    season: Season, headers, is_signed_in: bool
) -> None:
    answer = interrupt(season.client(season.ada if is_signed_in else None), 400, **headers)
    assert "Another site sent this form, so nothing was done." in answer.text
    assert forms(answer) == []
    assert "scores" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "null"},
        {"Origin": "http://dateline.test"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_what_our_own_pages_sent_is(season: Season, headers) -> None:
    assert len(forms(interrupt(season.client(), **headers))) == 2


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example", "desk"]
)
def test_what_was_typed_goes_to_our_own_pages_only(season: Season, to: str) -> None:
    browser = season.client()
    sign_in, _ = forms(interrupt(browser))
    sign_in.fields = [(name, to if name == "resume_to" else value) for name, value in sign_in.fields]
    answer = sign_in.send(browser, email="ada@example.org", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")


def test_signing_in_with_something_to_send_needs_a_token_too(season: Season) -> None:
    browser = season.client()
    sign_in, _ = forms(interrupt(browser))
    sign_in.fields = [field for field in sign_in.fields if field[0] != "csrf_token"]
    answer = sign_in.send(browser, email="ada@example.org", password=PASSWORD)
    assert answer.status_code == 400
    assert who(browser) == ""


def test_passwords_and_tokens_are_never_kept(season: Season) -> None:
    browser = season.client()
    secrets = {"password": "s3cret-one", "new_password": "s3cret-two", "current_password": "s3cret-three"}
    answer = browser.post("/desk", data={**secrets, "csrf_token": "old-token", "title": "kept"})
    assert "s3cret" not in answer.text
    assert "old-token" not in answer.text
    assert forms(answer)[1].typed() == [("title", "kept")]
    smuggled = {f"typed:{name}": value for name, value in secrets.items()}
    token = dict(forms(answer)[0].fields)["csrf_token"]
    fields = {"email": "ada@example.org", "password": PASSWORD, "resume_to": "/desk", "csrf_token": token}
    again = browser.send("/sign-in", 200, **fields, **smuggled)
    assert "s3cret" not in again.text
    assert PASSWORD not in again.text


def test_a_form_as_large_as_any_form_may_be(season: Season) -> None:
    browser = season.client()
    text = "ü" * 1_900_000  # 3.8 MB; three times that when percent-encoded
    data = {"review": text, "csrf_token": "old"}
    first = browser.post("/desk", data=data, content_type="multipart/form-data")
    again = forms(first)[0].send(browser, email="ada@example.org", password=PASSWORD)
    last = forms(again)[0].send(browser)
    assert received(last) == [("review", text)]
    for answer in (first, again, last):
        answer.request.environ["wsgi.input"].close()  # large bodies are files


def test_scripts_get_a_sentence(season: Season) -> None:
    sentence = "You are signed out, so nothing was saved yet. Sign in, and what you typed goes on from here."
    for method, path in (("POST", "/desk"), ("GET", "/account")):
        answer = season.client().open(path, method=method, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json) == (401, {"error": sentence})


def test_signing_out_when_signed_out_already(season: Season) -> None:
    assert season.client().send("/sign-out", csrf_token="old").location == "/"
