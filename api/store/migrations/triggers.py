"""
Triggers of the migrations, in the words of both databases.

Migrations that have been released call these functions, so none is ever changed: another trigger
is another function. A refusal is an integrity error on both databases and names its rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

_REFUSE = "hemplan_refuse"


def on_sqlite() -> bool:
    """Whether the migration runs on SQLite; else it is PostgreSQL."""
    return op.get_context().dialect.name == "sqlite"


def create_refusal() -> None:
    """Make the function that PostgreSQL's triggers call; SQLite needs none."""
    if not on_sqlite():
        op.execute(
            f"CREATE FUNCTION {_REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], "
            "ERRCODE = 'integrity_constraint_violation'; END $$"
        )


def drop_refusal() -> None:
    """Undo :func:`create_refusal`, once no trigger calls it."""
    if not on_sqlite():
        op.execute(f"DROP FUNCTION {_REFUSE}()")


def refuse(table: str, verb: str, rule: str) -> None:
    """No row of `table` is ever changed (UPDATE) or removed (DELETE)."""
    name = f"{table}_no_{verb.lower()}"
    if on_sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
        return
    call = f"EXECUTE FUNCTION {_REFUSE}('{rule}')"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {call}")
    if verb == "DELETE":
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT {call}"
        )


def append_only(*tables: str) -> None:
    """Rows are added to `tables`, and stay."""
    for table in tables:
        refuse(table, "UPDATE", f"APPEND_ONLY {table}")
        refuse(table, "DELETE", f"APPEND_ONLY {table}")


def only_when(table: str, verb: str, condition: str, rule: str) -> None:
    """
    A row of `table` is changed (UPDATE) only when `condition` holds, in terms of OLD and NEW.

    No subqueries: PostgreSQL takes none here.
    """
    name = f"{table}_guarded_{verb.lower()}"
    head = f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
    when = f"WHEN (({condition}) IS NOT TRUE)"
    if on_sqlite():
        op.execute(f"{head} {when} BEGIN SELECT RAISE(ABORT, '{rule}'); END")
    else:
        op.execute(f"{head} FOR EACH ROW {when} EXECUTE FUNCTION {_REFUSE}('{rule}')")


def only_where(table: str, verb: str, query: str, rule: str) -> None:
    """
    A row of `table` is added (INSERT) or removed (DELETE) only when `query` finds a row, in terms
    of NEW or OLD.
    """
    name = f"{table}_guarded_{verb.lower()}"
    if on_sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN NOT EXISTS ({query}) "
            f"BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
        return
    row = "OLD" if verb == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS ({query}) THEN RAISE EXCEPTION USING MESSAGE = '{rule}', "
        "ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def drop_tables(tables: Sequence[str], functions: Sequence[str] = ()) -> None:
    """Drop `tables` in order, with their triggers, and then PostgreSQL's `functions`."""
    for table in tables:
        op.drop_table(table)
    if not on_sqlite():
        for function in functions:
            op.execute(f"DROP FUNCTION {function}()")


def same(column: str) -> str:
    """That an update leaves `column` as it was, also where it is NULL."""
    equals = "IS" if on_sqlite() else "IS NOT DISTINCT FROM"
    return f"NEW.{column} {equals} OLD.{column}"


def only_if(name: str, table: str, verb: str, condition: str, rule: str) -> None:
    """
    A row of `table` is added, changed or removed only when `condition` holds.

    In terms of NEW and OLD; subqueries are allowed. PostgreSQL's function has the trigger's `name`.
    """
    head = f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
    if on_sqlite():
        op.execute(
            f"{head} WHEN (({condition}) IS NOT TRUE) BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
        return
    row = "OLD" if verb == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF (({condition}) IS NOT TRUE) THEN RAISE EXCEPTION USING MESSAGE = '{rule}', "
        "ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {row}; END $$"
    )
    op.execute(f"{head} FOR EACH ROW EXECUTE FUNCTION {name}()")


def drop_trigger(name: str, table: str, *, function: bool = False) -> None:
    """Drop a trigger, on PostgreSQL with the `function` of its name where it has one."""
    if on_sqlite():
        op.execute(f"DROP TRIGGER {name}")
        return
    op.execute(f"DROP TRIGGER {name} ON {table}")
    if function:
        op.execute(f"DROP FUNCTION {name}()")


def no_truncate(table: str) -> None:
    """PostgreSQL's rows of `table` are not removed all at once; SQLite knows no such statement."""
    if not on_sqlite():
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_REFUSE}('NEVER_REMOVED {table}')"
        )
