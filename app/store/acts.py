"""The record: every act that was received or sealed here, as signed, and what it names."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from app.store.tables_record import acts, references, wanted


class Standing(StrEnum):
    """What an act is good for: `AUTHENTIC` acts are counted, `EVIDENCE` is kept and shown."""

    AUTHENTIC = "authentic"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Reference:
    """That an act names another: under which key, its id and digest."""

    relation: str
    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class StoredAct:
    """An act as kept: `raw` are the JCS bytes of the whole signed act, or what stays of one that was erased.

    Times are seconds since 1970.
    """

    seq: int
    id: str
    digest: str
    type: str
    author: str
    published_at: int
    raw: bytes
    own: bool
    standing: Standing
    because: str | None
    received_at: int
    leaf: int | None
    erased_at: int | None = None


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act about to be kept."""

    id: str
    digest: str
    type: str
    author: str
    published_at: int
    raw: bytes
    own: bool
    standing: Standing
    because: str | None
    received_at: int
    leaf: int | None
    references: tuple[Reference, ...]


def save(connection: Connection, act: NewAct) -> int | None:
    """The number of the act now kept, or None if this id with this digest was kept before.

    What is authentic takes the place of evidence of the same words: a digest does not cover the proof, and who
    carries an act about with a spoilt one must not keep the true one out.
    """
    same = (acts.c.id == act.id, acts.c.digest == act.digest)
    known = connection.execute(select(acts.c.seq, acts.c.standing).where(*same)).first()
    if known is not None:
        if known.standing == Standing.AUTHENTIC or act.standing is not Standing.AUTHENTIC:
            return None
        connection.execute(delete(references).where(references.c.seq == known.seq))
        connection.execute(delete(acts).where(*same))
    seq = connection.execute(
        insert(acts)
        .values(
            id=act.id,
            digest=act.digest,
            type=act.type,
            author=act.author,
            published_at=act.published_at,
            raw=act.raw,
            own=act.own,
            standing=act.standing.value,
            because=act.because,
            received_at=act.received_at,
            leaf=act.leaf,
        )
        .returning(acts.c.seq)
    ).scalar_one()
    rows = {(item.relation, item.id): item for item in act.references}
    if rows:
        connection.execute(
            insert(references),
            [
                {"seq": seq, "relation": item.relation, "target_id": item.id, "target_digest": item.digest}
                for item in rows.values()
            ],
        )
    if act.standing is Standing.AUTHENTIC:
        connection.execute(delete(wanted).where(wanted.c.id == act.id, wanted.c.digest == act.digest))
    return int(seq)


def erase(connection: Connection, seq: int, raw: bytes, now: int) -> None:
    """Keep `raw` in place of an act's bytes: what stays of it without its words."""
    connection.execute(update(acts).where(acts.c.seq == seq).values(raw=raw, erased_at=now))


def by_id(connection: Connection, act_id: str) -> StoredAct | None:
    """The act with this id that came first, authentic before evidence."""
    row = connection.execute(
        select(acts).where(acts.c.id == act_id).order_by(acts.c.standing, acts.c.seq).limit(1)
    ).first()
    return _stored(row) if row is not None else None


def by_reference(connection: Connection, act_id: str, digest: str) -> StoredAct | None:
    """The act with exactly this id and digest."""
    row = connection.execute(select(acts).where(acts.c.id == act_id, acts.c.digest == digest)).first()
    return _stored(row) if row is not None else None


def by_seq(connection: Connection, seq: int) -> StoredAct | None:
    """The act with this number."""
    row = connection.execute(select(acts).where(acts.c.seq == seq)).first()
    return _stored(row) if row is not None else None


def of_type(connection: Connection, *types: str, author: str | None = None) -> tuple[StoredAct, ...]:
    """Every act of these types, in the order of arrival; of one author if named."""
    where: list[ColumnElement[bool]] = [acts.c.type.in_(types)]
    if author is not None:
        where.append(acts.c.author == author)
    return _all(connection, and_(*where))


def naming(connection: Connection, target_id: str, *relations: str) -> tuple[StoredAct, ...]:
    """Every act that names `target_id`, under one of `relations` if any are given, in the order of arrival."""
    where: list[ColumnElement[bool]] = [references.c.target_id == target_id]
    if relations:
        where.append(references.c.relation.in_(relations))
    return _all(connection, acts.c.seq.in_(select(references.c.seq).where(*where)))


def referenced_by(connection: Connection, seqs: Iterable[int]) -> tuple[Reference, ...]:
    """What these acts name."""
    rows = connection.execute(select(references).where(references.c.seq.in_(list(seqs))))
    return tuple(Reference(row.relation, row.target_id, row.target_digest) for row in rows)


def after_leaf(connection: Connection, leaf: int, limit: int) -> tuple[StoredAct, ...]:
    """Our own acts whose leaf is above `leaf`, in order, at most `limit`."""
    rows = connection.execute(select(acts).where(acts.c.own, acts.c.leaf > leaf).order_by(acts.c.leaf).limit(limit))
    return tuple(_stored(row) for row in rows)


def received_after(connection: Connection, seq: int, limit: int) -> tuple[StoredAct, ...]:
    """The acts of others that arrived after number `seq`, in order, at most `limit`."""
    rows = connection.execute(select(acts).where(~acts.c.own, acts.c.seq > seq).order_by(acts.c.seq).limit(limit))
    return tuple(_stored(row) for row in rows)


def every(connection: Connection, batch: int) -> Iterator[StoredAct]:
    """Every act in the order of arrival, `batch` of them read at a time."""
    after = 0
    while rows := connection.execute(select(acts).where(acts.c.seq > after).order_by(acts.c.seq).limit(batch)).all():
        yield from map(_stored, rows)
        after = rows[-1].seq


def newest(connection: Connection, limit: int) -> tuple[StoredAct, ...]:
    """The latest acts of the record, newest first."""
    rows = connection.execute(select(acts).order_by(acts.c.seq.desc()).limit(limit))
    return tuple(_stored(row) for row in rows)


def size(connection: Connection) -> int:
    """The number of the newest act: what a cache of anything counted from the record hangs on."""
    return int(connection.scalar(select(func.coalesce(func.max(acts.c.seq), 0))) or 0)


def want(connection: Connection, missing: Sequence[Reference], due_at: int) -> None:
    """Note acts that are named and not here, to be asked for at their homes."""
    for item in missing:
        here = connection.scalar(
            select(func.count())
            .select_from(acts)
            .where(acts.c.id == item.id, acts.c.digest == item.digest, acts.c.standing == Standing.AUTHENTIC)
        )
        noted = connection.scalar(select(func.count()).select_from(wanted).where(wanted.c.id == item.id))
        if not here and not noted:
            connection.execute(insert(wanted).values(id=item.id, digest=item.digest, tries=0, due_at=due_at))


def due_wants(connection: Connection, now: int, limit: int) -> tuple[tuple[str, str, int], ...]:
    """Acts to ask for now: id, digest, how often it was tried."""
    rows = connection.execute(select(wanted).where(wanted.c.due_at <= now).order_by(wanted.c.due_at).limit(limit))
    return tuple((row.id, row.digest, row.tries) for row in rows)


def stubborn_wants(connection: Connection, tries: int) -> tuple[str, ...]:
    """The ids of acts that were asked for so often and did not come."""
    return tuple(connection.scalars(select(wanted.c.id).where(wanted.c.tries >= tries).order_by(wanted.c.id)))


def postpone_want(connection: Connection, act_id: str, due_at: int | None) -> None:
    """Ask for this act again at `due_at`; None gives it up."""
    if due_at is None:
        connection.execute(delete(wanted).where(wanted.c.id == act_id))
    else:
        connection.execute(update(wanted).where(wanted.c.id == act_id).values(tries=wanted.c.tries + 1, due_at=due_at))


def of_authors(connection: Connection, authors: Iterable[str], *types: str) -> tuple[StoredAct, ...]:
    """Every act of these types by these authors, in the order of arrival."""
    return _all(connection, and_(acts.c.type.in_(types), acts.c.author.in_(list(authors))))


def _all(connection: Connection, where: ColumnElement[bool]) -> tuple[StoredAct, ...]:
    return tuple(_stored(row) for row in connection.execute(select(acts).where(where).order_by(acts.c.seq)))


def _stored(row: Row[tuple[object, ...]]) -> StoredAct:
    return StoredAct(
        row.seq,
        row.id,
        row.digest,
        row.type,
        row.author,
        row.published_at,
        bytes(row.raw),
        bool(row.own),
        Standing(row.standing),
        row.because,
        row.received_at,
        row.leaf,
        row.erased_at,
    )
