from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.groups import WORKSHOP_STAFF
from accounts.models import User
from accounts.tests.factories import make_staff
from repairs_restorals.models import ServiceTicket, Task
from repairs_restorals.tests.board_steps import act, page_of
from repairs_restorals.tests.test_board_permissions import TASKS


@pytest.fixture
def fay(db: None) -> User:
    return make_staff("fay@example.com", group=WORKSHOP_STAFF)


def listed(client: Client, **query: str) -> list[Task]:
    return list(client.get(TASKS, query).context["cl"].result_list)


def press(client: Client, task: Task, button: str = "done", **data: str) -> int:
    answer = client.post(f"{TASKS}{task.pk}/done/", {button: "", **data}, follow=True)
    task.refresh_from_db()
    return int(answer.status_code)


def test_one_sees_the_own_tasks_that_are_to_do(workshop: Client, wren: User, fay: User) -> None:
    mine = Task.objects.create(title="Glue", assignee=wren)
    done = Task.objects.create(title="Polish", assignee=wren, done_at=timezone.now())
    other = Task.objects.create(title="Sand", assignee=fay, created_by=wren)

    assert listed(workshop) == [mine]
    assert listed(workshop, done="yes") == [done]
    assert set(listed(workshop, whose="all")) == {mine, other}
    assert listed(workshop, whose="given") == [other]


def test_a_click_makes_it_done_and_another_undoes_it(workshop: Client, wren: User) -> None:
    task = Task.objects.create(title="Glue", assignee=wren)

    press(workshop, task)
    done_at = task.done_at
    assert done_at
    press(workshop, task)
    assert task.done_at == done_at
    press(workshop, task, "undo")
    assert task.done_at is None


def test_from_a_ticket_the_button_leads_back_to_it(
    workshop: Client, wren: User, ticket: ServiceTicket
) -> None:
    task = Task.objects.create(title="Glue", assignee=wren, ticket=ticket)
    answer = workshop.post(f"{TASKS}{task.pk}/done/", {"done": "", "ticket": ""})
    assert answer.headers["Location"] == page_of(ticket)


def test_tasks_of_others_are_theirs(workshop: Client, fay: User) -> None:
    task = Task.objects.create(title="Sand", assignee=fay)

    assert press(workshop, task) == 403
    assert workshop.get(f"{TASKS}{task.pk}/change/").status_code == 200
    sent = {"title": "Burn", "due_on": ""}
    assert workshop.post(f"{TASKS}{task.pk}/change/", sent).status_code == 403
    assert workshop.post(f"{TASKS}{task.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [task.pk], "post": "yes"}
    workshop.post(f"{TASKS}?whose=all", chosen)
    assert Task.objects.get().title == "Sand"
    assert Task.objects.get().done_at is None


def test_workshop_staff_give_tasks_to_nobody_but_themselves(
    workshop: Client, wren: User, fay: User, ticket: ServiceTicket
) -> None:
    assert b"id_assignee" not in workshop.get(f"{TASKS}add/").content
    workshop.post(f"{TASKS}add/", {"title": "Sand", "assignee": fay.pk})
    act(workshop, ticket, "task", title="Glue", assignee=fay.pk)

    assert {task.assignee for task in Task.objects.all()} == {wren}
    assert {task.created_by for task in Task.objects.all()} == {wren}


def test_managers_give_tasks_to_others(
    manager: Client, fay: User, sam: User, ticket: ServiceTicket
) -> None:
    sent = {"title": "Sand", "assignee": fay.pk, "ticket": ticket.reference.lower()}
    manager.post(f"{TASKS}add/", sent)
    act(manager, ticket, "task", title="Glue", assignee=fay.pk)

    assert {(task.assignee, task.ticket) for task in Task.objects.all()} == {(fay, ticket)}
    answer = manager.post(f"{TASKS}add/", {"title": "Sand", "assignee": sam.pk, "ticket": "W9x"})
    assert set(answer.context["adminform"].form.errors) == {"assignee", "ticket"}
    assert press(manager, Task.objects.first() or Task()) == 200


def test_a_task_can_be_late(workshop: Client, wren: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Task.objects.create(title="Glue", assignee=wren, due_on=yesterday)

    assert b"overdue</strong>" in workshop.get(TASKS).content
    assert workshop.get(f"{TASKS}{Task.objects.get().pk}/done/").status_code == 405
