"""Who gets which answer from which address, in which phase: one table for what is looked at, one for what is done."""

from typing import Any

import pytest

from submissions import conflicts
from tests.policy.cast import KINDS, MOMENTS, OUT, Cast, column, moment
from tests.season import Season
from venues.models import Role
from venues.queries import roles_of

GROUPS = {
    "all": {OUT, "nel", "ada", "bo", "cid", "rey", "rut", "ron", "olga", "una", "ivo", "ora", "sam"},
    "authors": {"ada", "bo", "una"},
    "reviewers": {"rey", "rut", "ron"},
    "organizers": {"olga", "una", "ivo"},
    "free": {"olga"},  # organizers who are in conflict with nothing
    "nobody": set(),
}
GROUPS["signed"] = GROUPS["all"] - {OUT}

# endpoint, address, who gets 200 (or what stands behind the colon; the later word counts): in all phases, or while
# submission is open | in reviewing | after the release. Everybody else gets 404, and is asked to sign in if signed out.
PAGES = """
static                          /static/dateline.css                                all
bootstrap.static                /bootstrap/static/css/bootstrap.min.css             all
preview.font                    /static/stix-two-math.ttf                           all
home.index                      /                                                   all
operations.healthz              /healthz                                            all
operations.readyz               /readyz                                             all:503
operations.metrics              /metrics                                            sam
operations.security_txt         /.well-known/security.txt                           nobody
accounts.sign_up                /sign-up                                            all
accounts.forgot                 /forgot                                             all
accounts.letter_sent            /sign-up/sent                                       all:302
accounts.welcome                /welcome/{welcome}                                  all
accounts.sign_in                /sign-in                                            all:302 out
accounts.reset                  /reset/{reset}                                      all
accounts.account                /account                                            signed
second_factor.setting           /account/second-factor                              signed
accounts.verify_email           /account/emails/verify/{verify}                     signed:410 nel
receipts.check                  /receipts                                           all
receipts.keys                   /receipts/keys                                      all
new_venue.form                  /venue/new                                          sam
program.home                    /sbm2022/                                           all
program.portrait                /sbm2022/people/{face}.jpg                          all
program.call                    /sbm2022/call                                       all
pool.invitation                 /sbm2022/invitations/{invited}                      all
submissions.index               /sbm2022/submissions/                               signed
submissions.new                 /sbm2022/submissions/new                            signed | signed:403 | signed:403
submissions.show                /sbm2022/submissions/1/                             authors
submissions.edit                /sbm2022/submissions/1/edit                         authors | authors:403 | authors:403
submissions.receipt             /sbm2022/submissions/1/receipt                      authors:302
submissions.version_receipt     /sbm2022/submissions/1/versions/1/receipt           authors
submissions.receipt_file        /sbm2022/submissions/1/versions/1/receipt.txt       authors
submissions.paper               /sbm2022/submissions/1/versions/1/paper.pdf         authors
submissions.supplement          /sbm2022/submissions/1/versions/1/supplement        authors
submissions.picture             /sbm2022/submissions/1/versions/1/picture.png       authors
submissions.withdraw            /sbm2022/submissions/1/withdraw                     authors
decisions.decision              /sbm2022/submissions/1/decision                     authors
camera_ready.final              /sbm2022/submissions/1/camera-ready                 authors
camera_ready.receipt            /sbm2022/submissions/1/camera-ready/1/receipt.txt   authors
camera_ready.file               /sbm2022/submissions/1/camera-ready/1/paper.pdf     authors
reviewing.index                 /sbm2022/papers/                                    reviewers
papers.paper                    /sbm2022/papers/1/                                  nobody | rey | rey
papers.file                     /sbm2022/papers/1/paper.pdf                         nobody | rey | rey
papers.supplement               /sbm2022/papers/1/supplement                        nobody | rey | rey
reviewing.review                /sbm2022/papers/1/review                            nobody | rey | rey
organizers.overview             /sbm2022/organize/                                  organizers
organizers.problem_list         /sbm2022/organize/problems                          organizers
organizers_submissions.index    /sbm2022/organize/submissions                       organizers
organizers_submissions.show     /sbm2022/organize/submissions/1/                    free
organizers_submissions.conflicts    /sbm2022/organize/submissions/1/conflicts               free
organizers_submissions.paper    /sbm2022/organize/submissions/1/versions/1/paper.pdf    free
organizers_submissions.supplement   /sbm2022/organize/submissions/1/versions/1/supplement   free
organizers_time.dates           /sbm2022/organize/dates                             organizers
organizers_settings.index       /sbm2022/organize/settings/                         organizers:302
organizers_settings.page        /sbm2022/organize/settings/dates                    organizers
organizers_settings.meaning     /sbm2022/organize/settings/dates/meaning            organizers
organizers_settings.changes     /sbm2022/organize/settings/history                  organizers
organizers_settings.file        /sbm2022/organize/settings/file                     organizers
organizers_settings.download    /sbm2022/organize/settings/venue.toml               organizers
organizers_pictures.index       /sbm2022/organize/settings/pictures                 organizers
organizers_roles.roles          /sbm2022/organize/settings/roles                    organizers
organizers_roles.ask_to_revoke  /sbm2022/organize/settings/roles/{rey}/reviewer/revoke  organizers
organizers_outbox.index         /sbm2022/organize/outbox                            organizers
organizers_outbox.show          /sbm2022/organize/outbox/{letter}                   free
organizers_setup.guide          /sbm2022/organize/setup                             organizers
organizers_letters.index        /sbm2022/organize/letters                           organizers
organizers_letters.edit         /sbm2022/organize/letters/accepted_oral             organizers
pool.reviewers                  /sbm2022/organize/reviewers                         organizers
assignment.papers               /sbm2022/organize/assignments                       organizers
assignment.loads                /sbm2022/organize/assignments/reviewers             organizers
assignment.paper                /sbm2022/organize/assignments/1                     free
assignment.ask_to_unassign      /sbm2022/organize/assignments/1/reviewers/{rey}/remove  free
decisions.decide_list           /sbm2022/organize/decisions                         organizers
decisions.letters               /sbm2022/organize/decisions/letters                 organizers
decisions.progress              /sbm2022/organize/decisions/progress                organizers
camera_ready.desk               /sbm2022/organize/camera-ready                      organizers
camera_ready.download           /sbm2022/organize/camera-ready.zip                  organizers
camera_ready.organizer_file     /sbm2022/organize/camera-ready/1/1/paper.pdf        nobody | nobody | organizers
"""

# endpoint, method, address, who is let in (in which phase): everybody else is refused and nothing is written.
ACTS = """
preview.show                    POST /preview                                       signed
accounts.sign_up                POST /sign-up                                       all
accounts.forgot                 POST /forgot                                        all
accounts.welcome                POST /welcome/{welcome}                             all
accounts.sign_in                POST /sign-in                                       all
accounts.sign_out               POST /sign-out                                      all
accounts.reset                  POST /reset/{reset}                                 all
accounts.change_profile         POST /account/profile                               signed
accounts.change_password        POST /account/password                              signed
accounts.sign_out_everywhere    POST /account/sign-out-everywhere                   signed
second_factor.second_step       POST /sign-in/code                                  all
second_factor.setting           POST /account/second-factor                         signed
second_factor.turn_off          POST /account/second-factor/off                     signed
accounts.add_email              POST /account/emails                                signed
accounts.verify_email           POST /account/emails/verify/{verify}                nel
accounts.change_email           POST /account/emails/{email}/primary                nel
receipts.check                  POST /receipts                                      all
new_venue.make                  POST /venue/new                                     sam
new_venue.load                  POST /venue/load                                    sam
pool.answer                     POST /sbm2022/invitations/{invited}                 all | all | nobody
submissions.new                 POST /sbm2022/submissions/new                       signed
submissions.edit                POST /sbm2022/submissions/1/edit                    authors
submissions.announce            POST /sbm2022/submissions/uploads                   signed
submissions.upload              PUT  /sbm2022/submissions/uploads/{upload}          ada
submissions.withdraw            POST /sbm2022/submissions/1/withdraw                authors
submissions.restore             POST /sbm2022/submissions/1/restore                 nobody
camera_ready.upload             POST /sbm2022/submissions/1/camera-ready            nobody | nobody | authors
reviewing.write                 POST /sbm2022/papers/1/review                       nobody | rey | nobody
reviewing.save                  PUT  /sbm2022/papers/1/review/draft                 nobody | rey | nobody
organizers_submissions.accept   POST /sbm2022/organize/submissions/1/versions/1/accept  nobody
organizers_submissions.record_conflict  POST /sbm2022/organize/submissions/1/conflicts  free
organizers_submissions.lift_conflict    POST /sbm2022/organize/submissions/1/conflicts/{ron}/lift   free
organizers_settings.save        POST /sbm2022/organize/settings/basics              organizers
organizers_settings.load        POST /sbm2022/organize/settings/file                organizers
organizers_pictures.upload      POST /sbm2022/organize/settings/pictures            organizers
organizers_pictures.remove      POST /sbm2022/organize/settings/pictures/remove     organizers
organizers_time.give_time       POST /sbm2022/organize/dates                        free
organizers_time.take_time_back  POST /sbm2022/organize/dates/{extension}/take-back  free
organizers_roles.grant          POST /sbm2022/organize/settings/roles               organizers
organizers_roles.revoke         POST /sbm2022/organize/settings/roles/{rey}/reviewer/revoke organizers
organizers_outbox.change        POST /sbm2022/organize/outbox/{letter}/cancel       free
organizers_outbox.send_all_again    POST /sbm2022/organize/outbox/send-again        organizers
organizers_letters.save         POST /sbm2022/organize/letters/accepted_oral        organizers
organizers_letters.preview      POST /sbm2022/organize/letters/accepted_oral/preview    organizers
organizers_letters.send_test    POST /sbm2022/organize/letters/accepted_oral/test   organizers
organizers_letters.standard     POST /sbm2022/organize/letters/accepted_oral/standard   organizers
pool.invite                     POST /sbm2022/organize/reviewers                    organizers
pool.remind                     POST /sbm2022/organize/reviewers/remind             organizers
pool.withdraw                   POST /sbm2022/organize/reviewers/{invitation}/withdraw  organizers
assignment.assign               POST /sbm2022/organize/assignments/1                free
assignment.unassign             POST /sbm2022/organize/assignments/1/reviewers/{rey}/remove free
decisions.decide                POST /sbm2022/organize/decisions/1                  free | free | nobody
decisions.prepare               POST /sbm2022/organize/decisions/prepare            organizers | organizers | nobody
decisions.release               POST /sbm2022/organize/decisions/release            organizers | organizers | nobody
decisions.unschedule            POST /sbm2022/organize/decisions/unschedule         organizers | organizers | nobody
camera_ready.accept             POST /sbm2022/organize/camera-ready/1/1/accept      nobody
"""
# Where a phase differs from its column (see MOMENTS): endpoint, method, who.
DIFFERENCES = {
    "before the call": """
submissions.new         GET     signed:403
submissions.edit        GET     authors:403
""",
    "deciding": """
pool.answer             POST    nobody
reviewing.write         POST    nobody
reviewing.save          PUT     nobody
""",
}
FORMS: dict[str, dict[str, Any]] = {
    "pool.answer": {"data": {"accept": "1"}},
    "submissions.announce": {"json": {"size": 9}},
    "submissions.upload": {"data": b"%PDF-1.4\n"},
    "submissions.withdraw": {"data": {"confirmation": "1"}},
    "reviewing.save": {"json": {"revision": 1, "fields": {}}},
    "organizers_submissions.record_conflict": {"data": {"email": "rut@example.org", "reason": "friends"}},
    "organizers_pictures.remove": {"data": {"name": "Kay Keys"}},
    "organizers_time.give_time": {
        "data": {
            "kind": "submission",
            "scope": "submission",
            "who": "1",
            "until": "2022-09-30",
            "reason": "ill",
        }
    },
    "decisions.decide": {"data": {"outcome": "reject"}},
}
REFUSED = {401, 403, 404, 405, 410}


def rows(table: str) -> list[tuple[str, list[str]]]:
    """(words before, who in each of the three phases) of each line."""
    found = []
    for line in table.strip().splitlines():
        *head, first = line.split("|")[0].split(maxsplit=2 if table is PAGES else 3)
        cells = [first, *line.split("|")[1:]]
        found.append((" ".join(head), cells if len(cells) == 3 else cells * 3))
    return found


def expected(cell: str, otherwise: int) -> dict[str, int]:
    """The status that each person gets, from a cell of the table."""
    found = dict.fromkeys(GROUPS["all"], otherwise)
    for word in cell.split():
        who, _, status = word.partition(":")
        who = OUT if who == "out" else who
        found |= dict.fromkeys(GROUPS.get(who, {who}), int(status or 200))
    return found


def cell(phase: str, endpoint: str, method: str, cells: list[str]) -> str:
    """Who is let in, in this phase."""
    for line in DIFFERENCES.get(phase, "").strip().splitlines():
        *head, who = line.split(maxsplit=2)
        if head == [endpoint, method]:
            return who
    return cells[column(phase)]


@pytest.fixture
def cast(season: Season) -> Cast:
    return Cast(season)


def methods_of(cast: Cast) -> set[tuple[str, str]]:
    return {
        (rule.endpoint, method)
        for rule in cast.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_tables_name_every_route(cast: Cast) -> None:
    pages = {(head.split()[0], "GET") for head, _ in rows(PAGES)}
    acts = {tuple(head.split()[:2]) for head, _ in rows(ACTS)}
    assert pages | acts == methods_of(cast)
    assert len(pages) + len(acts) == len(rows(PAGES)) + len(rows(ACTS))


@pytest.mark.parametrize("phase", MOMENTS)
def test_who_sees_which_page(cast: Cast, phase: str) -> None:
    cast.season.at(moment(phase))
    paths, wrong = cast.paths(), []
    for name in cast.people:
        client = cast.client(name)
        for head, cells in rows(PAGES):
            endpoint, path = head.split()
            path, due = path.format_map(paths), expected(cell(phase, endpoint, "GET", cells), 404)[name]
            with client.get(path) as answer:
                got, to = answer.status_code, answer.headers.get("Location", "")
            if name == OUT and due == 404:
                is_right = got == 404 or (got == 302 and to.startswith("/sign-in?"))
            else:
                is_right = got == due and not to.startswith("/sign-in")
            if not is_right:
                wrong.append(f"{name}: {path} gives {got}, not {due}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("phase", MOMENTS)
def test_who_can_do_what(cast: Cast, phase: str) -> None:
    """Who is not in the table is refused and nothing is written; who is gets in, to a form or to an act."""
    cast.season.at(moment(phase))
    paths, wrong = cast.paths(), []
    for head, cells in rows(ACTS):
        endpoint, method, path = head.split()
        path, due = path.format_map(paths), expected(cell(phase, endpoint, method, cells), 404)
        for name in cast.people:
            is_let_in = due[name] == 200
            with cast.undone() as has_changed:
                answer = cast.client(name).open(path, method=method, **FORMS.get(endpoint, {}))
                got = answer.status_code
                if (got in REFUSED) is is_let_in or (not is_let_in and has_changed()):
                    wrong.append(f"{name}: {method} {path} gives {got}")
    assert not wrong, "\n".join(wrong)


def test_the_people_are_what_the_tables_take_them_for(cast: Cast) -> None:
    """Every kind of person that there is, each once, and in conflict where it says so."""
    assert set(cast.people) == set(KINDS) == GROUPS["all"]
    session = cast.season.session
    ids = {name: person.id for name, person in cast.people.items() if person}
    roles = {name: roles_of(session, one, cast.season.venue.id) for name, one in ids.items()}
    assert {name for name in ids if Role.ORGANIZER in roles[name]} == GROUPS["organizers"]
    assert {name for name in ids if Role.REVIEWER in roles[name]} == GROUPS["reviewers"]
    in_conflict = {name for name, one in ids.items() if conflicts.has(session, one, cast.one.id)}
    assert in_conflict == {"ada", "bo", "una", "ron", "ivo"}
