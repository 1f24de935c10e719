"""Which packages have pages."""

from importlib import import_module

from flask import Flask

VIEWS = (
    "web.home",
    "web.operations",
    "web.preview",
    "accounts.views",
    "accounts.second_factor",
    "submissions.views",
    "submissions.verification",
    "reviews.pool.views",
    "reviews.assignment.views",
    "reviews.papers.views",
    "reviews.reviewing.views",
    "decisions.views",
    "camera_ready.views",
    "program.views",
    "organizers.views.overview",
    "organizers.views.submissions",
    "organizers.views.outbox",
    "organizers.views.wording",
    "organizers.views.setup",
    "organizers.views.more_time",
    "organizers.views.settings",
    "organizers.views.pictures",
    "organizers.views.roles",
    "organizers.views.new_venue",
)


def add(app: Flask) -> None:
    """Register every package's pages."""
    for name in VIEWS:
        app.register_blueprint(import_module(name).pages)
