"""The lanes of the worker: every job has one, and what is slow has another than what cannot wait."""

from procrastinate.contrib.django import app

from tartib.cli.worker import LANES
from tartib.project.settings import DATABASES


def test_every_job_is_done_in_a_lane_and_no_code_or_message_waits_for_what_is_slow() -> None:
    """X5: sign-in codes and messages never wait for imports, photos or gateways."""
    queues = {name: task.queue for name, task in app.tasks.items() if task.queue != "builtin"}
    assert set(queues.values()) == set(LANES)
    assert {name for name, queue in queues.items() if queue == "codes"} == {
        "notify.send_urgent", "notify.sweep_urgent", "desk.send_password_link", "desk.send_sign_in_code",
    }  # fmt: skip
    assert {name for name, queue in queues.items() if queue == "messages"} == {"notify.send_messages", "notify.sweep"}
    assert queues["integrations.work"] == "imports"
    assert {queues[name] for name in ("integrations.fetch_photos", "shops.look_for_proof", "shops.check_proof")} == {
        "outside"
    }


def test_each_job_at_work_has_a_connection() -> None:
    assert sum(LANES.values()) <= DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
