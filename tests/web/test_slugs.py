"""No venue can take the address of one of our own pages."""

from flask import Flask

from venues.slugs import RESERVED


def test_every_first_segment_is_reserved(app: Flask) -> None:
    firsts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    fixed = {first for first in firsts if first and not first.startswith("<")}
    assert {"sign-in", "static", "account"} <= fixed
    assert fixed - RESERVED == set()
    # What begins with a variable is a venue's, or names its words in full.
    words = {"any('sign-up', forgot):why"}
    assert {first.strip("<>") for first in firsts if first.startswith("<")} <= {"venue:slug"} | words
    assert {"sign-up", "forgot"} <= RESERVED
