"""What the database itself sees to: tables that only grow, and no transfer that is not balanced and sealed.

Transfers and entries are written first, their posting last: the seal. Its trigger checks that each transfer
balances (on SQLite at once, on PostgreSQL at commit, when nothing can follow any more). Triggers refuse transfers
and entries for a posting that is sealed, and the key from transfer to posting, checked at commit on both, lets no
transfer through without a seal. On SQLite that key is checked on connections with `foreign_keys` on, as all of
Headrace's are; whoever comes otherwise is found out by the invariant `transfers_are_sealed`.

SQLite rebuilds a table for most changes to it and drops its triggers then: a later migration that changes one
of these tables must put its guards back (the invariant `guards_stand` tells).
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from headrace.base.append_only import append_only

SQLITE = {
    "ledger_transfer_open": """
        CREATE TRIGGER ledger_transfer_open BEFORE INSERT ON ledger_transfer
        WHEN EXISTS (SELECT 1 FROM ledger_posting WHERE id = NEW.posting_id)
        BEGIN SELECT RAISE(ABORT, 'ledger_transfer: this posting is sealed'); END""",
    "ledger_entry_open": """
        CREATE TRIGGER ledger_entry_open BEFORE INSERT ON ledger_entry
        WHEN NOT EXISTS (
            SELECT 1 FROM ledger_transfer t WHERE t.id = NEW.transfer_id
            AND NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.id = t.posting_id)
        )
        BEGIN SELECT RAISE(ABORT, 'ledger_entry: this transfer is sealed, or there is none'); END""",
    "ledger_posting_balances": """
        CREATE TRIGGER ledger_posting_balances BEFORE INSERT ON ledger_posting
        WHEN EXISTS (
            SELECT 1 FROM ledger_transfer t
            LEFT JOIN ledger_entry e ON e.transfer_id = t.id
            LEFT JOIN ledger_account a ON a.id = e.account_id
            WHERE t.posting_id = NEW.id
            GROUP BY t.id, a.unit
            HAVING COALESCE(SUM(e.amount_minor), 1) <> 0
                OR MAX(t.organisation_id <> NEW.organisation_id
                    OR e.organisation_id <> NEW.organisation_id
                    OR a.organisation_id <> NEW.organisation_id
                    OR a.id IS NULL)
        )
        BEGIN SELECT RAISE(ABORT, 'ledger_posting: a transfer is not balanced in each unit, or mixes organisations');
        END""",
}

# One posting holds one transfer or ten thousand. A plan for the mean of them would read the whole ledger for one.
BY_INDEX = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"

POSTGRESQL = """
-- Positions: whoever posts shares this lock until commit, and whoever asks for the position holds it alone for
-- a moment. So at that moment no smaller id is still to come.
CREATE FUNCTION ledger_lock_key(organisation bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
    AS $body$ SELECT hashtextextended('headrace.ledger', organisation) $body$;

CREATE FUNCTION ledger_position(organisation bigint) RETURNS bigint LANGUAGE plpgsql SET lock_timeout = '60s'
AS $body$
DECLARE
    position_now bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        -- An older view of the data would miss what was committed while we waited.
        RAISE EXCEPTION 'ledger_position: ask in a transaction at READ COMMITTED';
    END IF;
    -- A lock of the session, not of the transaction: the caller's other work shall hold up nobody.
    PERFORM pg_advisory_lock(ledger_lock_key(organisation));
    BEGIN
        SELECT COALESCE(MAX(id), 0) INTO position_now FROM ledger_transfer;
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        PERFORM pg_advisory_unlock(ledger_lock_key(organisation));
        RAISE;
    END;
    PERFORM pg_advisory_unlock(ledger_lock_key(organisation));
    RETURN position_now;
END $body$;

CREATE FUNCTION ledger_transfer_open() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(ledger_lock_key(NEW.organisation_id));
    -- The id that came with the row was drawn before the lock was ours.
    NEW.id := nextval('ledger_transfer_id_seq');
    IF EXISTS (SELECT FROM ledger_posting WHERE id = NEW.posting_id) THEN
        RAISE EXCEPTION 'ledger_transfer: posting % is sealed', NEW.posting_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER ledger_transfer_open BEFORE INSERT ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_transfer_open();

CREATE FUNCTION ledger_entry_open() RETURNS trigger LANGUAGE plpgsql {by_index} AS $body$
BEGIN
    -- A transfer that is not ours to see yet is somebody else's: not open either.
    IF EXISTS (
        SELECT FROM added
        LEFT JOIN ledger_transfer t ON t.id = added.transfer_id
        LEFT JOIN ledger_posting p ON p.id = t.posting_id
        WHERE t.id IS NULL OR p.id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'ledger_entry: this transfer is sealed, or there is none'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER ledger_entry_open AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_open();

CREATE FUNCTION ledger_posting_balances() RETURNS trigger LANGUAGE plpgsql {by_index} AS $body$
DECLARE
    wrong record;
BEGIN
    SELECT t.key, sums.* INTO wrong
    FROM ledger_transfer t
    LEFT JOIN LATERAL (
        SELECT a.unit, SUM(e.amount_minor) AS difference,
            bool_or(e.organisation_id <> NEW.organisation_id OR a.organisation_id IS DISTINCT FROM NEW.organisation_id)
                AS mixed
        FROM ledger_entry e LEFT JOIN ledger_account a ON a.id = e.account_id
        WHERE e.transfer_id = t.id
        GROUP BY a.unit
    ) sums ON true
    WHERE t.posting_id = NEW.id
        AND (sums.difference IS DISTINCT FROM 0 OR sums.mixed OR t.organisation_id <> NEW.organisation_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger_posting: transfer % is not balanced in % (difference %), or mixes organisations',
            wrong.key, wrong.unit, wrong.difference USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $body$;
CREATE CONSTRAINT TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_posting_balances();
"""


def create_guards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        for statement in SQLITE.values():
            editor.execute(statement)
    else:
        editor.execute(POSTGRESQL.replace("{by_index}", BY_INDEX), params=None)


def drop_guards(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        for name in SQLITE:
            editor.execute(f"DROP TRIGGER {name}")
        return
    for name in ("ledger_transfer_open()", "ledger_entry_open()", "ledger_posting_balances()"):
        editor.execute(f"DROP FUNCTION {name} CASCADE")
    editor.execute("DROP FUNCTION ledger_position(bigint)")
    editor.execute("DROP FUNCTION ledger_lock_key(bigint)")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        *append_only("ledger_account"),
        *append_only("ledger_posting"),
        *append_only("ledger_transfer"),
        *append_only("ledger_entry"),
        migrations.RunPython(create_guards, drop_guards),
    ]
