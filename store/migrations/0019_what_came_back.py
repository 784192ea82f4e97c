"""What came back of orders: money, things, and why one was cancelled.

The version before leaves these columns alone, and serves beside them.
"""

from django.db import migrations, models

TRANSITIONS = [
    ("pay", "Mark paid"),
    ("ready", "Mark ready for collection"),
    ("ship", "Mark shipped"),
    ("collect", "Mark collected"),
    ("cancel", "Cancel the order"),
    ("owe", "Ask for the money again"),
    ("take_back", "Take everything back"),
    ("empty", "Everything came back"),
]


class Migration(migrations.Migration):
    dependencies = [("store", "0018_renditions_of_pictures")]

    operations = [
        migrations.AddField(
            "order", "owed_since", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "order", "taken_back_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "order",
            "cancelled_because",
            models.CharField(
                "cancelled, for",
                max_length=10,
                choices=[
                    ("unpaid", "it was not paid in time"),
                    ("customer", "you have cancelled it"),
                    ("shop", "the shop has cancelled it"),
                    ("credited", "the shop has taken its invoice back"),
                    ("returned", "everything has come back"),
                ],
                blank=True,
                db_default="",
                default="",
                editable=False,
            ),
        ),
        migrations.AlterField(
            "orderevent",
            "transition",
            models.CharField("what", max_length=10, choices=TRANSITIONS, db_column="move"),
        ),
    ]
