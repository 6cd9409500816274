"""What the fault tests run: a worker that speaks to the SMS service they name."""

import os

import django

django.setup()

from tartib.cli.worker import command  # noqa: E402
from tartib.notify.sms import kavenegar  # noqa: E402

kavenegar.API = os.environ["SMS_SERVICE"]
command()
