"""Trigram search over any script, in one index with the shop."""

from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Both extensions are trusted: the owner of the database may create them without being a superuser."""

    dependencies = [("shops", "0001_initial")]

    operations = [TrigramExtension(), BtreeGinExtension()]
