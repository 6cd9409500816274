"""The security log is append-only in the database itself, as the timeline is.

One thing alone may become of a line: it goes when it is old. For how long at most a line is kept is a setting; that
none goes sooner than in ninety days is said here.
"""

from django.db import migrations

FORWARD = [
    """
    CREATE FUNCTION shops_security_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.at < now() - interval '90 days' THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION 'the security log is append-only: % on % is not allowed', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER shops_security_append_only BEFORE UPDATE OR DELETE ON shops_securityentry
        FOR EACH ROW EXECUTE FUNCTION shops_security_stays()
    """,
    """
    CREATE TRIGGER shops_security_keeps_all BEFORE TRUNCATE ON shops_securityentry
        FOR EACH STATEMENT EXECUTE FUNCTION shops_security_stays()
    """,
]

BACKWARD = [
    "DROP TRIGGER shops_security_keeps_all ON shops_securityentry",
    "DROP TRIGGER shops_security_append_only ON shops_securityentry",
    "DROP FUNCTION shops_security_stays()",
]


class Migration(migrations.Migration):
    """Lines may be added and read; none may be altered, and only old ones removed."""

    dependencies = [("shops", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
