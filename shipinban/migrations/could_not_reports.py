"""What revision 0009 does to the reports of what could not be done."""

import sqlalchemy as sa
from alembic import op

_KEPT = ("could_not_reports", "could_not_events")
"""Never deleted, whoever asks."""
_CHANGES = (
    "UPDATE OF number, case_id, call_id, reporter, opened_by_staff_id, text, due_ms, created_ms"
)


def widen() -> None:
    """Reports of before were opened by staff and lie with the county's coordinator."""
    with op.batch_alter_table("could_not_reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("reporter", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("level", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("level_due_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("closed_by_staff_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("closed_ms", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE could_not_reports SET number = 'R-' || substr(id, 1, 30), answer = '', "
        "level = 'county', level_due_ms = due_ms, "
        "reporter = CASE WHEN call_id IS NULL THEN 'helper' ELSE 'agent' END"
    )
    with op.batch_alter_table("could_not_reports", schema=None) as batch_op:
        for name, kind in (
            ("number", sa.String(length=32)),
            ("reporter", sa.String(length=12)),
            ("level", sa.String(length=12)),
            ("level_due_ms", sa.BigInteger()),
            ("answer", sa.Text()),
        ):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        for name in ("case_id", "opened_by_staff_id"):
            batch_op.alter_column(name, existing_type=sa.String(length=36), nullable=True)
        batch_op.drop_constraint(batch_op.f("ck_could_not_reports_state"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_could_not_reports_state"), "state IN ('open', 'taken', 'closed')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_could_not_reports_level"), "level IN ('home', 'county', 'chief')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_could_not_reports_reporter"),
            "reporter IN ('resident', 'helper', 'agent')",
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_could_not_reports_county_id_number"), ["county_id", "number"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_could_not_reports_closed_by_staff_id"),
            "staff",
            ["closed_by_staff_id"],
            ["id"],
        )
        batch_op.create_index(
            batch_op.f("ix_could_not_reports_home_organisation_id"), ["home_organisation_id"]
        )
        batch_op.create_index("ix_could_not_reports_clock", ["county_id", "state", "level_due_ms"])


def protect() -> None:
    """No statement deletes a report or its history, or changes what was said in it."""
    if op.get_bind().dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'a report is never deleted'); END"
        for table in _KEPT:
            op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER reports_said BEFORE {_CHANGES} ON could_not_reports {refuse}")
        op.execute(f"CREATE TRIGGER events_said BEFORE UPDATE ON could_not_events {refuse}")
        return
    op.execute(
        "CREATE FUNCTION refuse_report_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'a report is never deleted'; END$$"
    )
    refuse = "EXECUTE FUNCTION refuse_report_change()"
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT {refuse}"
        )
    op.execute(
        f"CREATE TRIGGER reports_said BEFORE {_CHANGES} ON could_not_reports "
        f"FOR EACH STATEMENT {refuse}"
    )
    op.execute(
        f"CREATE TRIGGER events_said BEFORE UPDATE ON could_not_events FOR EACH STATEMENT {refuse}"
    )


def unprotect() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table in (
        ("could_not_reports_kept", "could_not_reports"),
        ("could_not_events_kept", "could_not_events"),
        ("reports_said", "could_not_reports"),
        ("events_said", "could_not_events"),
    ):
        op.execute(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION refuse_report_change()")


def narrow() -> None:
    with op.batch_alter_table("could_not_reports", schema=None) as batch_op:
        batch_op.drop_index("ix_could_not_reports_clock")
        batch_op.drop_index(batch_op.f("ix_could_not_reports_home_organisation_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_could_not_reports_closed_by_staff_id"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("uq_could_not_reports_county_id_number"), type_="unique"
        )
        for name in ("reporter", "level", "state"):
            batch_op.drop_constraint(batch_op.f(f"ck_could_not_reports_{name}"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_could_not_reports_state"), "state IN ('open', 'closed')"
        )
        for name in ("case_id", "opened_by_staff_id"):
            batch_op.alter_column(name, existing_type=sa.String(length=36), nullable=False)
        for name in (
            "closed_ms",
            "closed_by_staff_id",
            "answer",
            "level_due_ms",
            "level",
            "reporter",
            "number",
        ):
            batch_op.drop_column(name)
