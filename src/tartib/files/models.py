"""What is known of a file that was given; its content lies in Django's default storage."""

from __future__ import annotations

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.shops.keys import in_shop
from tartib.shops.models import Shop


class Purpose(models.TextChoices):
    """What a file is for, which decides who may see it (`PUBLIC`) and the widths a picture is kept in (`pictures`)."""

    PHOTO = "photo", _("Photo of a product")
    LOGO = "logo", _("Shop's logo")
    SLIP = "slip", _("Payment slip")
    ATTACHMENT = "attachment", _("Attachment")
    PROGRESS = "progress", _("Photo of the work")
    IDENTITY = "identity", _("Proof of identity")
    LETTER = "letter", _("E-mail as it came")


PUBLIC = frozenset({Purpose.PHOTO, Purpose.LOGO})


def new_token() -> str:
    """An unguessable name for a file: 192 random bits in 32 characters."""
    return secrets.token_urlsafe(24)


class Upload(models.Model):
    """A file that somebody gave, in the form in which it is kept.

    A picture is kept in one or more `widths`, in pixels, the widest last; anything that is not a picture has none.
    `size` and `sha256` are of what was kept, the widest picture of several, before any encryption.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=120, blank=True)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size"), help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, help_text="Pixels of the widest picture kept.")
    height = models.PositiveIntegerField(null=True, help_text="Pixels, likewise.")
    widths = ArrayField(models.PositiveIntegerField(), default=list)
    sealed = models.BooleanField(default=False, help_text="Whether the content is encrypted.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A secret is never served by its address alone.
            models.CheckConstraint(
                condition=Q(sealed=False) | ~Q(purpose__in=["photo", "logo"]), name="upload_public_or_sealed"
            ),
            in_shop("files_upload"),
        ]

    def __str__(self) -> str:
        return self.name or self.token

    @property
    def public(self) -> bool:
        """Whether whoever has the address may see it."""
        return self.purpose in PUBLIC

    @property
    def is_picture(self) -> bool:
        """Whether it is shown as a picture; else it is a paper to be downloaded."""
        return bool(self.widths)

    @property
    def places(self) -> list[str]:
        """The names under which the storage keeps the content: one, or one for each of a picture's widths."""
        return [self.place(width) for width in self.widths] or [self.place()]

    def place(self, width: int | None = None) -> str:
        """The name under which the storage keeps the content, in one of the `widths` where it is a picture."""
        return f"{self.shop_id}/{self.token}/{width or 'paper'}"
