"""The session's cookie is sent once a day, so that it lives for thirty days after the last visit."""

from datetime import timedelta

from tests.season import BEFORE, Season


def test_the_cookie_is_renewed_once_a_day_and_lives_thirty_days_more(season: Season) -> None:
    client = season.client(season.ada)
    client.get("/sbm2022/submissions/")
    assert "Set-Cookie" not in client.get("/sbm2022/submissions/").headers
    for day in (29, 58):
        season.at(BEFORE + timedelta(days=day))
        assert "Set-Cookie" in client.get("/sbm2022/submissions/").headers
        assert "Set-Cookie" not in client.get("/sbm2022/submissions/").headers
