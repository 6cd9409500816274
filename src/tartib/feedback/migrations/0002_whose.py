"""What finds the shop of a question how it was."""

from django.db import migrations

from tartib.shops.definers import shop_of


class Migration(migrations.Migration):
    """What finds the shop of a question how it was."""

    dependencies = [("feedback", "0001_initial"), ("shops", "0003_whose")]

    operations = [
        shop_of("feedback", "text", "feedback_feedback", "token = $1"),
    ]
