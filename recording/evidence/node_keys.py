"""The signing keys of nodes, as the county's key certified them."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import new_id, now_ms, read_clock
from casework.errors import NotFound
from casework.journal.acts import Act, add_entry
from casework.vocabulary import NodeKeyState
from recording.evidence.canonical import canonical
from recording.evidence.county_signer import CountySigner
from recording.tables import NodeKey, Recording


def node_key_statement(county_id: str, node_id: str, public_key: str, at_ms: int) -> bytes:
    """What the county signs."""
    return canonical(
        {
            "kind": "node_key",
            "county_id": county_id,
            "node_id": node_id,
            "public_key": public_key,
            "certified_ms": at_ms,
        }
    )


@dataclass(frozen=True, slots=True)
class Node:
    """A node as a county knows it."""

    county_id: str
    county_organisation_id: str
    node_id: str


def node_of(recording: Recording) -> Node:
    return Node(recording.county_id, recording.county_organisation_id, recording.node_id)


async def certify(session: AsyncSession, signer: CountySigner, node: Node, public_key: str) -> None:
    """Once for a key and county; a key that follows another of the same node supersedes it."""
    known = await session.scalar(
        select(NodeKey.id).where(
            NodeKey.county_id == node.county_id, NodeKey.public_key == public_key
        )
    )
    if known is not None:
        return
    superseded = await _supersede(session, node)
    at_ms = await read_clock(session)
    statement = node_key_statement(node.county_id, node.node_id, public_key, at_ms)
    county_key, signature = signer.sign(statement)
    session.add(
        NodeKey(
            id=new_id(),
            county_id=node.county_id,
            node_id=node.node_id,
            public_key=public_key,
            statement=statement,
            signature=signature,
            county_key=county_key,
            state=NodeKeyState.ACTIVE,
            certified_ms=at_ms,
        )
    )
    evidence = {"node_id": node.node_id, "public_key": public_key, "signature": signature}
    what = "node_key.rotated" if superseded else "node_key.certified"
    await add_entry(
        session,
        Act(
            what=what,
            county_id=node.county_id,
            home_organisation_id=node.county_organisation_id,
            county_organisation_id=node.county_organisation_id,
            actor_staff_id=None,
            evidence=evidence | ({"superseded": superseded} if superseded else {}),
        ),
    )


async def _supersede(session: AsyncSession, node: Node) -> str | None:
    """The key that was active until now."""
    return await session.scalar(
        update(NodeKey)
        .where(
            NodeKey.county_id == node.county_id,
            NodeKey.node_id == node.node_id,
            NodeKey.state == NodeKeyState.ACTIVE,
        )
        .values(state=NodeKeyState.SUPERSEDED, ended_ms=now_ms())
        .returning(NodeKey.public_key)
    )


async def find_key(session: AsyncSession, public_key: str) -> NodeKey:
    """One that is not revoked. Raises ``NotFound``."""
    key = await session.scalar(
        select(NodeKey).where(
            NodeKey.public_key == public_key, NodeKey.state != NodeKeyState.REVOKED
        )
    )
    if key is None:
        raise NotFound("node_key.not_found")
    return key


async def revoke(session: AsyncSession, key: NodeKey, reason: str, organisation_id: str) -> None:
    """What the key signs from now on proves nothing."""
    key.state, key.ended_ms = NodeKeyState.REVOKED, await read_clock(session)
    key.ended_reason = reason
    await add_entry(
        session,
        Act(
            what="node_key.revoked",
            county_id=key.county_id,
            home_organisation_id=organisation_id,
            county_organisation_id=organisation_id,
            actor_staff_id=None,
            evidence={
                "node_id": key.node_id,
                "public_key": key.public_key,
                "from_ms": key.ended_ms,
            },
            personal={"reason": reason},
        ),
    )
