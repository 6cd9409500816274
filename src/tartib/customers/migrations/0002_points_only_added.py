"""Movements of points are never changed; they go only with their customer (requirement E3)."""

from django.db import migrations

FORWARD = [
    """
    CREATE FUNCTION customers_points_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'movements of points are only added' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER customers_points_only_added BEFORE UPDATE ON customers_pointsmovement
        FOR EACH ROW EXECUTE FUNCTION customers_points_refuse()
    """,
]

BACKWARD = [
    "DROP TRIGGER customers_points_only_added ON customers_pointsmovement",
    "DROP FUNCTION customers_points_refuse()",
]


class Migration(migrations.Migration):
    """A movement that was written stays as it is."""

    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
