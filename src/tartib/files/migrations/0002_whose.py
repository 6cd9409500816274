"""What finds the shop of a file that its address alone opens."""

from django.db import migrations

from tartib.shops.definers import shop_of


class Migration(migrations.Migration):
    """What finds the shop of a file that its address alone opens."""

    dependencies = [("files", "0001_initial"), ("shops", "0003_whose")]

    operations = [
        shop_of("file", "text", "files_upload", "token = $1"),
    ]
