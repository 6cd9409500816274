"""What finds listings by their words."""

from django.db import migrations

from tartib.shops.definers import finder


class Migration(migrations.Migration):
    """What finds listings by their words."""

    dependencies = [("catalog", "0001_initial"), ("shops", "0003_whose")]

    operations = [
        finder("catalog_listing", "array_to_tsvector(string_to_array(btrim(search), ' '))"),
    ]
