"""The timeline is append-only in the database itself (requirement X3).

One thing alone may become of an entry: its words give way to their seal when a person is erased. A chain grows, and
keeps how far it is anchored.
"""

from django.db import migrations

FORWARD = [
    """
    CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the timeline is append-only: % on % is not allowed', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE FUNCTION journal_chain_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.case_id, NEW.shop_id, NEW.number) IS DISTINCT FROM (OLD.case_id, OLD.shop_id, OLD.number)
            OR NEW.length < OLD.length OR NEW.anchored < OLD.anchored OR NEW.anchored > NEW.length
            OR (NEW.length = OLD.length AND (NEW.head <> OLD.head OR NEW.anchored = OLD.anchored)) THEN
            RAISE EXCEPTION 'a chain of the timeline only grows' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION journal_entry_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (NEW.id, NEW.shop_id, NEW.case_id, NEW.seq, NEW.at, NEW.kind, NEW.actor_kind, NEW.actor_id, NEW.shown,
                NEW.act_id, NEW.facts, NEW.hash)
            IS DISTINCT FROM (OLD.id, OLD.shop_id, OLD.case_id, OLD.seq, OLD.at, OLD.kind, OLD.actor_kind, OLD.actor_id,
                OLD.shown, OLD.act_id, OLD.facts, OLD.hash)
            OR OLD.salt IS NULL OR NEW.salt IS NOT NULL OR NEW.words IS NOT NULL OR NEW.seal IS NULL
            OR (OLD.actor_kind = 'customer' AND NEW.actor_name <> '')
            OR (OLD.actor_kind <> 'customer' AND NEW.actor_name <> OLD.actor_name) THEN
            RAISE EXCEPTION 'the timeline is append-only: of an entry only the words can be erased'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER journal_entry_append_only BEFORE DELETE ON journal_entry
        FOR EACH ROW EXECUTE FUNCTION journal_refuse()
    """,
    """
    CREATE TRIGGER journal_entry_forgets BEFORE UPDATE ON journal_entry
        FOR EACH ROW EXECUTE FUNCTION journal_entry_forgets()
    """,
    """
    CREATE TRIGGER journal_entry_keeps_all BEFORE TRUNCATE ON journal_entry
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()
    """,
    """
    CREATE TRIGGER journal_chain_grows BEFORE UPDATE ON journal_chain
        FOR EACH ROW EXECUTE FUNCTION journal_chain_grows()
    """,
    """
    CREATE TRIGGER journal_chain_stays BEFORE DELETE ON journal_chain
        FOR EACH ROW EXECUTE FUNCTION journal_refuse()
    """,
    """
    CREATE TRIGGER journal_chain_keeps_all BEFORE TRUNCATE ON journal_chain
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()
    """,
]

BACKWARD = [
    "DROP TRIGGER journal_chain_keeps_all ON journal_chain",
    "DROP TRIGGER journal_chain_stays ON journal_chain",
    "DROP TRIGGER journal_chain_grows ON journal_chain",
    "DROP TRIGGER journal_entry_keeps_all ON journal_entry",
    "DROP TRIGGER journal_entry_forgets ON journal_entry",
    "DROP TRIGGER journal_entry_append_only ON journal_entry",
    "DROP FUNCTION journal_entry_forgets()",
    "DROP FUNCTION journal_chain_grows()",
    "DROP FUNCTION journal_refuse()",
]


class Migration(migrations.Migration):
    """Rows may be added and read; nothing may be altered, removed or cut off."""

    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
