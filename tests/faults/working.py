"""What the fault tests run: a worker that speaks to the SMS service they name."""

import os

from tartib.cli.worker import command
from tartib.notify.sms import kavenegar

kavenegar.API = os.environ["SMS_SERVICE"]
command()
