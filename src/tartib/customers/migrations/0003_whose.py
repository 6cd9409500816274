"""What finds the shop of a customer and of an account, whom a signed link names."""

from django.db import migrations

from tartib.shops.definers import shop_of


class Migration(migrations.Migration):
    """What finds the shop of a customer and of an account, whom a signed link names."""

    dependencies = [("customers", "0002_points_only_added"), ("shops", "0003_whose")]

    operations = [
        shop_of("customer", "bigint", "customers_customer", "id = $1"),
        shop_of("customer_account", "bigint", "customers_account", "id = $1"),
    ]
