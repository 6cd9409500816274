"""A support request beside its case, and what was written in it.

The words themselves are entries of the case's timeline, where its chain of hashes proves them; here stands only what
an entry does not hold: by what way they came, and what was attached.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.files.models import Upload
from tartib.shops.keys import in_shop
from tartib.shops.models import Shop


class Way(models.TextChoices):
    """How words came to the shop, or were written."""

    WEB = "web", _("On the web")
    MAIL = "mail", _("By e-mail")
    DESK = "desk", _("At the desk")


class Request(models.Model):
    """A support request. Its subject is the case's title; `about` is the order it is about, where it is about one."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="request")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    about = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, related_name="requests", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["about", "-case"], name="request_by_about", condition=Q(about__isnull=False))]

    def __str__(self) -> str:
        return self.case.title


class Post(models.Model):
    """What was written once: the entry `seq` of the case's timeline, and by what way it came.

    `sender` is the address an e-mail came from where that is not the customer's. `message_id` is the e-mail's own, or
    made from its content where it has none. `letter` is the e-mail as it came, `quoted` what stands in it below the
    writer's own words; it is not `whole` where there is more in it than could be read.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="posts", db_index=False)
    seq = models.PositiveIntegerField()
    way = models.CharField(max_length=4, choices=Way)
    sender = models.CharField(max_length=254, blank=True)
    message_id = models.CharField(max_length=250, blank=True)
    letter = models.OneToOneField(Upload, on_delete=models.PROTECT, null=True, related_name="+")
    quoted = models.TextField(blank=True)
    whole = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="post_seq_unique"),
            models.UniqueConstraint(fields=["case", "message_id"], name="post_mail_once", condition=~Q(message_id="")),
            in_shop("support_post"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq}"


class Attachment(models.Model):
    """A file that was given with what was written. It is private: shown to the two sides of the request alone."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="attachments")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.upload.name
