"""People who come in: passwords slowed down and hashed, a second factor that works once, sessions that end."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from intake import accounts, audit, passwords, people, throttle, totp
from intake import settings as settings_module
from intake.accounts import log_in
from intake.database import now, reading, writing
from intake.errors import CodeNeeded, Conflict, Invalid, Throttled, Unauthenticated, YushenError
from intake.tables import sessions, users
from intake.tables import throttle as throttle_table
from tests.service_ground import PASSWORD, Ground
from tests.service_postgres import ground, postgres, small

__all__ = ["ground", "postgres", "small"]


def person(ground: Ground, login: str = "li.si", role: str = "manager", where: str = "branch_1", **more: Any) -> str:
    told = {"organisation_id": ground.organisations[where], "login": login, "name": "李四", "role": role, "password": PASSWORD}
    with writing(ground.engine) as tx:
        return people.add_user(tx, ground.vault, **told, actor="command", must_change=more.get("must_change", False))


def come_in(ground: Ground, login: str = "li.si", password: str = PASSWORD, **more: Any) -> accounts.Session:
    return log_in(ground.engine, ground.vault, ground.settings, login, password, **more)


def outcome(ground: Ground, **more: Any) -> str:
    try:
        come_in(ground, **more)
    except YushenError as error:
        return error.code
    return "in"


# --- passwords and sessions --------------------------------------------------------------------------------------------------


def test_a_session_begins_and_says_who_and_what(ground: Ground) -> None:
    user = person(ground)
    session = come_in(ground, login=" Li.Si ")
    scope = session.scope
    assert (scope.actor, scope.role, scope.kind, scope.organisation) == (user, "manager", "branch", ground.organisations["branch_1"])
    assert scope.bank == ground.organisations["bank_1"] and scope.allows("reveal") and not scope.allows("accounts")
    again = accounts.authenticate_session(ground.engine, session.cookie)
    assert again == replace(session, cookie="")
    assert session.cookie not in repr(session) and session.csrf not in repr(session)


def test_nothing_stored_lets_anybody_in(small: Ground) -> None:
    person(small)
    session = come_in(small)
    with reading(small.engine) as tx:
        user, held = tx.execute(select(users)).one(), tx.execute(select(sessions)).one()
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and PASSWORD not in user.password_hash
    assert held.token_hash != session.cookie.encode() and len(held.token_hash) == 32
    with pytest.raises(Unauthenticated):
        accounts.authenticate_session(small.engine, held.token_hash.hex())


@pytest.mark.parametrize("wrong", [{"password": "wrong password 77"}, {"login": "nobody"}, {"password": ""}, {"login": "x" * 5000}, {"password": "x" * 100_000}])
def test_who_is_refused_is_told_nothing_more(small: Ground, wrong: dict[str, str]) -> None:
    person(small)
    assert outcome(small, **wrong) == "unauthenticated"


def test_a_disabled_person_or_organisation_is_out_at_once(small: Ground) -> None:
    user = person(small)
    session = come_in(small)
    with writing(small.engine) as tx:
        people.set_disabled(tx, user, True, actor="user_admin")
    with pytest.raises(Unauthenticated):
        accounts.authenticate_session(small.engine, session.cookie)
    assert outcome(small) == "unauthenticated"
    with writing(small.engine) as tx:
        people.set_disabled(tx, user, False, actor="user_admin")
    assert outcome(small) == "in"
    with writing(small.engine) as tx, pytest.raises(Conflict):
        people.set_disabled(tx, user, True, actor=user)


def aged(ground: Ground, **columns: Any) -> None:
    with writing(ground.engine) as tx:
        tx.execute(update(sessions).values(**columns))


def test_a_session_idles_out_and_ends_at_last(small: Ground) -> None:
    person(small)
    cookie = come_in(small).cookie
    aged(small, last_seen_at=now() - timedelta(minutes=29))
    accounts.authenticate_session(small.engine, cookie)
    with reading(small.engine) as tx:
        assert now() - tx.execute(select(sessions.c.last_seen_at)).scalar_one() < timedelta(seconds=5), "it was seen just now"
    aged(small, last_seen_at=now() - timedelta(minutes=31))
    with pytest.raises(Unauthenticated):
        accounts.authenticate_session(small.engine, cookie)
    aged(small, last_seen_at=now(), ends_at=now() - timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        accounts.authenticate_session(small.engine, cookie)


def test_logging_out_ends_the_session_on_the_server(small: Ground) -> None:
    person(small)
    one, two = come_in(small).cookie, come_in(small).cookie
    accounts.log_out(small.engine, one)
    accounts.log_out(small.engine, one)
    with pytest.raises(Unauthenticated):
        accounts.authenticate_session(small.engine, one)
    assert accounts.authenticate_session(small.engine, two)


def test_a_new_password_ends_all_sessions_and_the_old_one(small: Ground) -> None:
    user = person(small, must_change=True)
    session = come_in(small)
    assert session.must == ("password",) and not session.scope.allows("cases:read") and not session.scope.sees_cases
    with writing(small.engine) as tx:
        with pytest.raises(Invalid):
            people.set_password(tx, user, PASSWORD, actor=user, must_change=False)
        people.set_password(tx, user, "another battery 88", actor=user, must_change=False)
    with pytest.raises(Unauthenticated):
        accounts.authenticate_session(small.engine, session.cookie)
    assert outcome(small) == "unauthenticated"
    assert come_in(small, password="another battery 88").must == ()


@pytest.mark.parametrize("password", ["short", "x" * 129, "aaaaaaaaaaaaaaaa", "li.si is my name", "password password", "my 123456789 number"])
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.check_new(password, "li.si")


def test_generated_passwords_are_taken_and_differ() -> None:
    made = {people.generated_password() for _ in range(50)}
    assert len(made) == 50
    for each in made:
        passwords.check_new(each, "li.si")


def test_at_most_four_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()

    class Slow:
        def hash(self, _: str) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with lock:
                running -= 1
            return ""

    monkeypatch.setattr(passwords, "HASHER", Slow())
    threads = [threading.Thread(target=passwords.hashed, args=("x",)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 4


# --- guessing ----------------------------------------------------------------------------------------------------------------


def test_ten_wrong_passwords_are_slowed_down(ground: Ground) -> None:
    person(ground)
    seen = [outcome(ground, password=f"wrong {number}", address="10.0.0.1") for number in range(10)]
    assert seen[:6] == ["unauthenticated"] * 6 and set(seen[6:]) == {"throttled"}
    with pytest.raises(Throttled) as refused:
        come_in(ground, address="10.0.0.1")
    assert 0 < refused.value.retry_after_s <= 900 and refused.value.http_status == 429, "the right password waits too"
    assert outcome(ground, address="10.0.0.2") == "in", "the right person from elsewhere does not"


def forget_waits(ground: Ground) -> None:
    with writing(ground.engine) as tx:
        tx.execute(update(throttle_table).values(until=None))


def test_waits_grow_and_a_success_forgets_them(small: Ground) -> None:
    person(small)
    waits = []
    for _ in range(12):
        forget_waits(small)
        outcome(small, password="wrong", address="10.0.0.1")
        with reading(small.engine) as tx:
            until = [row.until for row in tx.execute(select(throttle_table)) if row.until]
        waits.append(round((max(until) - now()).total_seconds()) if until else 0)
    assert waits[:5] == [0] * 5 and waits[5:10] == pytest.approx([2, 4, 8, 16, 32], abs=1)
    forget_waits(small)
    assert outcome(small, address="10.0.0.1") == "in"
    assert [outcome(small, password="wrong", address="10.0.0.1") for _ in range(5)] == ["unauthenticated"] * 5


def test_an_address_that_tries_many_accounts_is_slowed_down_and_whitewashed_by_none_of_its_own(small: Ground) -> None:
    person(small)
    for number in range(31):
        forget_waits(small)
        outcome(small, login=f"guess{number}", address="10.0.0.9")
    assert outcome(small, login="another", address="10.0.0.9") == "throttled"
    forget_waits(small)
    assert outcome(small, address="10.0.0.9") == "in"
    assert outcome(small, login="another1", address="10.0.0.9") == "unauthenticated"
    assert outcome(small, login="another2", address="10.0.0.9") == "throttled"


def test_what_others_do_delays_a_person_by_a_minute_at_most(small: Ground) -> None:
    person(small)
    for number in range(60):
        forget_waits(small)
        outcome(small, password="wrong", address=f"10.0.1.{number}")
    with pytest.raises(Throttled) as refused:
        come_in(small, address="10.0.2.1")
    assert refused.value.retry_after_s <= 61


def test_attempts_at_once_gain_nothing(ground: Ground) -> None:
    person(ground)
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(outcome(ground, password="wrong", address="10.0.0.1"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 16 and seen.count("unauthenticated") == 6 and seen.count("throttled") == 10


def test_old_failures_are_forgotten(small: Ground) -> None:
    person(small)
    for _ in range(9):
        outcome(small, password="wrong", address="10.0.0.1")
    with writing(small.engine) as tx:
        tx.execute(update(throttle_table).values(last_at=now() - timedelta(hours=2), until=None))
        throttle.sweep(tx)
        assert tx.execute(select(throttle_table)).all() == []
    assert outcome(small, password="wrong", address="10.0.0.1") == "unauthenticated"


def test_buckets_do_not_tell_whose_they_are(small: Ground) -> None:
    outcome(small, login="li.si", address="10.0.0.1")
    with reading(small.engine) as tx:
        assert all(b"li.si" not in row.bucket and len(row.bucket) == 32 for row in tx.execute(select(throttle_table)))


def test_an_account_that_is_not_there_takes_as_long(small: Ground) -> None:
    """Median of 100 each, taken in turns, so that a busy machine slows both; the throttle is emptied in between."""
    person(small)
    outcome(small, login="warm")
    taken: dict[str, list[float]] = {"li.si": [], "nobody": []}
    for _ in range(100):
        for login in taken:
            with writing(small.engine) as tx:
                tx.execute(throttle_table.delete())
            start = time.process_time()
            assert outcome(small, login=login, password="wrong password 9") == "unauthenticated"
            taken[login].append(time.process_time() - start)
    known, unknown = (statistics.median(each) for each in taken.values())
    assert abs(known - unknown) < 0.1 * known, (known, unknown)


# --- the second factor ---------------------------------------------------------------------------------------------------------


def enrolled(ground: Ground, user: str) -> bytes:
    """A second factor, last used a while ago."""
    with writing(ground.engine) as tx:
        secret, address = people.begin_second_factor(tx, user)
        assert address.startswith("otpauth://totp/Yushen:li.si?secret=")
        people.confirm_second_factor(tx, ground.vault, user, secret, totp.code(secret, int(time.time()) // 30), actor=user)
        tx.execute(update(users).values(totp_last_step=0))
    return secret


def test_rfc_6238_vectors() -> None:
    secret = b"12345678901234567890"
    expected = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"}
    assert {at: totp.code(secret, at // 30) for at in expected} == expected


def test_a_code_is_needed_and_works_once(ground: Ground) -> None:
    secret = enrolled(ground, person(ground))
    with pytest.raises(CodeNeeded):
        come_in(ground)
    step = int(time.time()) // 30
    assert outcome(ground, code="000000" if totp.code(secret, step) != "000000" else "111111") == "unauthenticated"
    assert come_in(ground, code=f" {totp.code(secret, step)} ").scope.role == "manager"
    assert outcome(ground, code=totp.code(secret, step)) == "unauthenticated", "a code seen over the shoulder is of no use"
    assert outcome(ground, code=totp.code(secret, step - 1)) == "unauthenticated", "nor is an older one"


def test_of_two_log_ins_with_one_code_one_passes(ground: Ground) -> None:
    secret = enrolled(ground, person(ground))
    code, seen = totp.code(secret, int(time.time()) // 30), []
    threads = [threading.Thread(target=lambda: seen.append(outcome(ground, code=code))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == ["in", "unauthenticated", "unauthenticated", "unauthenticated"]


def test_a_wrong_password_does_not_tell_that_there_is_a_second_factor(small: Ground) -> None:
    enrolled(small, person(small))
    assert outcome(small, password="wrong") == "unauthenticated"


def test_a_phone_that_is_a_step_off_is_taken_and_no_more() -> None:
    secret, at = b"s" * 20, 1_700_000_010.0
    step = int(at) // 30
    assert [totp.step_of(secret, totp.code(secret, step + n), 0, at) for n in (-2, -1, 0, 1, 2)] == [None, step - 1, step, step + 1, None]


def test_the_banks_people_can_do_nothing_without_one_where_it_is_asked_for(small: Ground) -> None:
    user = person(small)
    person(small, "wang.wu", "broker", "agency_1")
    strict = replace(small, settings=replace(small.settings, second_factor=True))
    session = come_in(strict)
    assert session.must == ("second_factor",) and session.scope.scopes == frozenset()
    assert accounts.authenticate_session(small.engine, session.cookie, second_factor=True).must == ("second_factor",)
    assert come_in(strict, login="wang.wu").must == ()
    secret = enrolled(small, user)
    assert come_in(strict, code=totp.code(secret, int(time.time()) // 30)).must == ()
    with writing(small.engine) as tx:
        people.drop_second_factor(tx, user, actor="user_admin")
    assert come_in(strict).must == ("second_factor",)


# --- organisations -----------------------------------------------------------------------------------------------------------


def test_people_belong_where_their_role_is(small: Ground) -> None:
    for role, where in (("broker", "branch_1"), ("manager", "agency_1"), ("auditor", "agency_1"), ("manager", "bank_1"), ("king", "bank_1")):
        with pytest.raises(Invalid):
            person(small, role=role, where=where)
    person(small)
    with pytest.raises(Conflict):
        person(small, "LI.SI", "broker", "agency_1")


@pytest.mark.parametrize(
    ("kind", "bank"), [("bank", "bank_1"), ("branch", None), ("agency", None), ("branch", "branch_1"), ("shop", "bank_1")],
)  # fmt: skip
def test_an_organisation_belongs_to_a_bank(small: Ground, kind: str, bank: str | None) -> None:
    with writing(small.engine) as tx, pytest.raises(Invalid):
        people.add_organisation(tx, kind, "new", bank=small.organisations[bank] if bank else None, actor="command")


def test_an_agency_hands_in_to_branches_of_its_own_bank(small: Ground) -> None:
    of = small.organisations
    with writing(small.engine) as tx:
        for agency, branch in (("agency_1", "branch_9"), ("branch_1", "branch_2"), ("agency_1", "agency_2")):
            with pytest.raises(Invalid):
                people.allow_branch(tx, of[agency], of[branch], actor="command")
        with pytest.raises(Conflict):
            people.add_organisation(tx, "bank", "bank_1", actor="command")


def test_names_of_people_are_sealed_and_opened_for_the_list(small: Ground) -> None:
    person(small)
    with reading(small.engine) as tx:
        assert "李四".encode() not in bytes(tx.execute(select(users.c.name_sealed)).scalar_one())
        (row,) = people.people_of(tx, small.vault, [small.organisations["branch_1"]])
    assert row["name"] == "李四" and not row["second_factor"] and "password_hash" not in row


def test_everything_that_was_done_is_in_the_audit_log_without_a_name(small: Ground) -> None:
    from intake.tables import audit as leaves

    user = person(small)
    come_in(small)
    outcome(small, password="wrong")
    outcome(small, login="nobody")
    with reading(small.engine) as tx:
        rows = [row.leaf for row in tx.execute(select(leaves).order_by(leaves.c.seq))][-4:]
        assert audit.size(tx) > 4
    assert [text.split('"action":"')[1].split('"')[0] for text in rows] == ["user.add", "session.open", "session.refuse", "session.refuse"]
    assert all("li.si" not in text and "李四" not in text for text in rows)
    assert f'"actor":"{user}"' in rows[2] and '"actor":"unknown"' in rows[3]


def test_the_defaults_are_those_of_the_settings() -> None:
    assert settings_module.Settings().session_idle_s == 1800 and settings_module.Settings().token_s == 900
