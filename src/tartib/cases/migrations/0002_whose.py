"""What finds the shop of an order’s link, shops whose cases time moves, and cases by their words."""

from django.db import migrations

from tartib.shops.definers import finder, shop_of, shops_with

WORDS = "array_to_tsvector(string_to_array(btrim(search), ' '))"
WORDS_OF_SHOP = (
    "array_to_tsvector(string_to_array("
    "shop_id::text || ':' || replace(btrim(search), ' ', ' ' || shop_id::text || ':'), ' '))"
)


class Migration(migrations.Migration):
    """What finds the shop of an order’s link, shops whose cases time moves, and cases by their words."""

    dependencies = [("cases", "0001_initial"), ("shops", "0003_whose")]

    operations = [
        shop_of("link", "text", "cases_case", "token = $1"),
        shops_with(
            "timers",
            "timestamptz",
            "SELECT shop_id FROM cases_case WHERE timer_at <= $1 GROUP BY shop_id ORDER BY min(timer_at)",
        ),
        finder("cases_case", WORDS),
        finder("cases_case", WORDS_OF_SHOP, of="open_having", condition="closed_at IS NULL"),
    ]
