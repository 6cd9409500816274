"""What finds the shop of a receipt’s address and of an answer, and shops whose messages are due."""

from django.db import migrations

from tartib.shops.definers import shop_of, shops_with

DUE = """
    SELECT shop_id FROM notify_message WHERE state IN ('held', 'queued', 'sending') AND next_at <= $1 %s
    GROUP BY shop_id ORDER BY min(next_at)
"""


class Migration(migrations.Migration):
    """What finds the shop of a receipt’s address and of an answer, and shops whose messages are due."""

    dependencies = [("notify", "0001_initial"), ("shops", "0003_whose")]

    operations = [
        shop_of("sms_account", "text", "notify_smsaccount", "token = $1"),
        shop_of("message", "uuid", "notify_message", "key = $1"),
        shops_with("messages", "timestamptz", DUE % ""),
        shops_with("urgent_messages", "timestamptz", DUE % "AND good_until IS NOT NULL"),
        shops_with("sms", "", "SELECT shop_id FROM notify_smsaccount ORDER BY shop_id"),
    ]
