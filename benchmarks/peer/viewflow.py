"""django-viewflow, driven as its own views do; the flow is Python, so it keeps no engine state."""

from __future__ import annotations

from typing import Any

from benchmarks.peer.work import FORM, GROUP, PAGE, USER, Store


class Viewflow:
    """It checks permissions and writes history, as Zige does."""

    def __init__(self, store: Store) -> None:
        _set_up(store)
        from django.contrib.auth.models import Group, Permission, User
        from django.core.management import call_command
        from django.db import transaction
        from viewflow.workflow.models import Task
        from viewflow.workflow.status import STATUS

        from benchmarks.peer.viewflow_flows import BenchFlow

        call_command("migrate", verbosity=0)
        group = Group.objects.create(name=GROUP)
        wanted = Permission.objects.filter(
            codename__in=("view_task", "view_process"), content_type__app_label="viewflow"
        )
        group.permissions.add(*wanted)
        self.user = User.objects.create(username=USER)
        self.user.groups.add(group)
        self.flow, self.tasks, self.status, self.transaction = BenchFlow, Task, STATUS, transaction

    def start(self) -> None:
        """Start one instance."""
        with self.transaction.atomic():
            self.flow.start.run()

    def list(self) -> list[tuple[int, int]]:
        """The oldest tasks in the user's queue."""
        queue = self.tasks.objects.queue([self.flow], self.user).order_by("created")
        return [(task.pk, task.process_id) for task in queue[:PAGE]]

    def claim(self, task: tuple[int, int]) -> bool:
        """Assign under the flow's lock."""
        with self.flow.lock(task[1]), self.transaction.atomic():
            row = self.tasks.objects.get(pk=task[0])
            activation = row.flow_task.activation_class(row)
            if row.status != self.status.NEW or not activation.assign.has_perm(self.user):
                return False
            activation.assign(self.user)
        return True

    def complete(self, task: tuple[int, int]) -> None:
        """Start and execute under the flow's lock."""
        with self.flow.lock(task[1]), self.transaction.atomic():
            row = self.tasks.objects.get(pk=task[0])
            assert row.flow_task.can_execute(self.user, task=row)
            activation = row.flow_task.activation_class(row)
            activation.start(None)
            row.data = FORM
            activation.execute()


def _set_up(store: Store) -> None:
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": _database(store)},
        USE_TZ=True,
        SECRET_KEY="only for benchmarks",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "viewflow",
            "viewflow.workflow",
            "benchmarks.peer",
        ],
    )
    django.setup()


def _database(store: Store) -> dict[str, Any]:
    if store.is_pg:
        from psycopg.conninfo import conninfo_to_dict

        known = conninfo_to_dict(store.place)
        names = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
        found = {name: known.get(key) or "" for name, key in names.items()}
        return {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None, **found}
    begin = "pragma journal_mode=wal; pragma synchronous=full;"
    options = {"timeout": 60, "transaction_mode": "IMMEDIATE", "init_command": begin}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": store.place, "OPTIONS": options}
