"""What finds shops whose goods were held for long enough."""

from django.db import migrations

from tartib.shops.definers import shops_with


class Migration(migrations.Migration):
    """What finds shops whose goods were held for long enough."""

    dependencies = [("orders", "0001_initial"), ("shops", "0003_whose")]

    operations = [
        shops_with(
            "holds",
            "timestamptz",
            "SELECT shop_id FROM orders_order WHERE held_until <= $1 GROUP BY shop_id ORDER BY min(held_until)",
        ),
    ]
