"""What finds shops whose photos are to be fetched."""

from django.db import migrations

from tartib.shops.definers import shops_with


class Migration(migrations.Migration):
    """What finds shops whose photos are to be fetched."""

    dependencies = [("integrations", "0001_initial"), ("shops", "0003_whose")]

    operations = [
        shops_with(
            "photos",
            "timestamptz",
            "SELECT shop_id FROM integrations_wantedphoto WHERE try_at <= $1 GROUP BY shop_id ORDER BY min(try_at)",
        ),
    ]
