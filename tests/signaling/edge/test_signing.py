"""Signing in, staying signed in, and being signed out at once."""

from http.cookies import Morsel, SimpleCookie

import pytest
from aiohttp import ClientResponse
from sqlalchemy import select, update

from casework.backoff import ACCOUNT, SOURCE
from casework.database import now_ms
from casework.sign_in import IDLE_MS, SEEN_EVERY_MS, check_sign_in, hash_token, revoke_sign_ins
from casework.tables import SignIn, SignInFailure, StaffMember, StaffRole
from casework.vocabulary import Role, Surface
from tests.signaling.edge.conftest import ORIGIN, Edge, Person, code_of
from tests.signaling.edge.small_county import PASSWORD


async def attempt(
    edge: Edge, username: str, password: str = PASSWORD, surface: Surface = Surface.WINDOW
) -> ClientResponse:
    return await edge.client.post(
        f"/api/{surface}/sign-in",
        json={"username": username, "password": password},
        headers={"Origin": ORIGIN},
    )


async def test_a_helper_signs_in_looks_and_signs_out(edge: Edge) -> None:
    answer = await attempt(edge, " Helper ")
    me = await answer.json()
    assert (me["roles"], me["surface"]) == (["helper"], "window")
    assert me["window"]["id"] == edge.county.windows["village"]
    helper = Person(edge.client, Surface.WINDOW, cookie(answer, "__Host-window").value)
    assert (await helper.get("me")).status == 200
    ended = await helper.post("sign-out")
    assert cookie(ended, "__Host-window")["max-age"] == "0"
    assert await code_of(await helper.get("me")) == (401, "signed_out")


def cookie(answer: ClientResponse, name: str) -> "Morsel[str]":
    return SimpleCookie(answer.headers["Set-Cookie"])[name]


async def test_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(light_edge: Edge) -> None:
    kept = (await attempt(light_edge, "helper")).headers["Set-Cookie"]
    name, *attributes = (part.strip() for part in kept.split(";"))
    assert name.startswith("__Host-window=")
    assert set(attributes) == {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"}


async def test_wrong_name_and_wrong_password_are_told_alike(light_edge: Edge) -> None:
    wrong = await attempt(light_edge, "helper", "wrong")
    unknown = await attempt(light_edge, "nobody")
    assert await code_of(wrong) == await code_of(unknown) == (401, "sign_in.wrong")


async def test_a_right_password_on_another_surface_is_told_so(light_edge: Edge) -> None:
    answer = await attempt(light_edge, "helper", surface=Surface.CONSOLE)
    assert await code_of(answer) == (403, "sign_in.surface")


async def test_guessing_at_an_account_is_slowed_down_and_forgiven(edge: Edge) -> None:
    for _ in range(ACCOUNT.free):
        assert (await attempt(edge, "helper", "wrong")).status == 401
    assert await code_of(await attempt(edge, "helper")) == (429, "sign_in.wait")
    assert (await attempt(edge, "helper2")).status == 200
    async with edge.context.database.transaction() as session:
        await session.execute(update(SignInFailure).values(blocked_until_ms=0))
    assert (await attempt(edge, "helper")).status == 200
    assert (await attempt(edge, "helper", "wrong")).status == 401


async def test_trying_many_names_blocks_the_source(light_edge: Edge) -> None:
    for number in range(SOURCE.free):
        assert (await attempt(light_edge, f"name{number}", "wrong")).status == 401
    assert await code_of(await attempt(light_edge, "helper")) == (429, "sign_in.wait")


@pytest.mark.parametrize("change", ["epoch", "inactive", "role", "revoked", "expired", "idle"])
async def test_a_sign_in_ends_at_once_when_anything_changes(edge: Edge, change: str) -> None:
    helper = await edge.sign_in("helper")
    staff_id = edge.county.staff["helper"]
    async with edge.context.database.transaction() as session:
        match change:
            case "epoch":
                await revoke_sign_ins(session, staff_id)
            case "inactive":
                await session.execute(
                    update(StaffMember).where(StaffMember.id == staff_id).values(active=False)
                )
            case "role":
                await session.execute(
                    update(StaffRole)
                    .where(StaffRole.staff_id == staff_id, StaffRole.role == Role.HELPER)
                    .values(revoked_ms=1)
                )
            case "revoked":
                await session.execute(update(SignIn).values(revoked_ms=1))
            case "expired":
                await session.execute(update(SignIn).values(expires_ms=now_ms() - 1))
            case "idle":
                unseen_ms = now_ms() - IDLE_MS[Surface.WINDOW] - 1
                await session.execute(update(SignIn).values(seen_ms=unseen_ms))
    assert await code_of(await helper.get("me")) == (401, "signed_out")
    async with edge.context.database.reading() as session:
        token_hash = hash_token(helper.token)
        assert await check_sign_in(session, Surface.WINDOW, token_hash) is None


async def test_use_is_written_down_once_a_minute(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    database = light_edge.context.database

    async def seen_ms() -> int:
        async with database.reading() as session:
            return (await session.execute(select(SignIn.seen_ms))).scalar_one()

    first = await seen_ms()
    await helper.get("me")
    assert await seen_ms() == first
    async with database.transaction() as session:
        await session.execute(update(SignIn).values(seen_ms=now_ms() - SEEN_EVERY_MS - 1))
    old = await seen_ms()
    await helper.get("me")
    assert await seen_ms() > old


async def test_the_token_stands_nowhere_in_the_database(light_edge: Edge) -> None:
    helper = await light_edge.sign_in("helper")
    async with light_edge.context.database.reading() as session:
        row = (await session.execute(SignIn.__table__.select())).one()
    assert helper.token not in str(row)
    assert helper.token.encode() not in row.token_hash
