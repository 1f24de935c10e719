"""The shared word for "something here wants an organizer's eye"."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What is wrong, in one sentence, and the page where it is put right."""

    sentence: str
    url: str
