"""What finds the shop of a notice’s address and of a try to pay, and shops whose gateways are to be asked."""

from django.db import migrations

from tartib.shops.definers import shop_of, shops_with


class Migration(migrations.Migration):
    """What finds the shop of a notice’s address and of a try to pay, and shops whose gateways are to be asked."""

    dependencies = [("payments", "0001_initial"), ("shops", "0003_whose")]

    operations = [
        shop_of("account", "text", "payments_account", "token = $1"),
        shop_of("attempt", "text", "payments_attempt", "key = $1"),
        shops_with(
            "questions",
            "timestamptz",
            "SELECT shop_id FROM (SELECT shop_id, ask_at FROM payments_attempt WHERE ask_at <= $1"
            " UNION ALL SELECT shop_id, ask_at FROM payments_refund WHERE ask_at <= $1) AS due"
            " GROUP BY shop_id ORDER BY min(ask_at)",
        ),
    ]
