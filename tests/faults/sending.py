"""What the fault tests kill: a process that sends all messages that are due at a moment it is told."""

import os
import sys
from datetime import datetime

from tartib.notify.sending import send_due
from tartib.notify.sms import kavenegar
from tartib.shops.scope import every_shop, in_each


def main(moment: str) -> None:
    """Send as the worker does, with a clock that stands still."""
    now = datetime.fromisoformat(moment)
    kavenegar.API = os.environ["SMS_SERVICE"]
    print("ready", flush=True)
    in_each(every_shop(), lambda: send_due(lambda: now, lambda: 0.5))


main(*sys.argv[1:])
