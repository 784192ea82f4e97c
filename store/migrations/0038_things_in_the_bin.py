import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Deleted things are in a bin for a while, out of which they can be put back."""

    dependencies = [
        ("store", "0037_closed_weekdays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelManagers(
            name="item", managers=[("with_bin", django.db.models.manager.Manager())]
        ),
        migrations.AddField(
            model_name="item",
            name="binned_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="deleted at"),
        ),
        migrations.AddField(
            model_name="item",
            name="binned_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="deleted by",
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="bin_until",
            field=models.DateTimeField(
                editable=False, null=True, verbose_name="can be put back until"
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="published_before",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="published before",
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("binned_at__isnull", False)),
                fields=["bin_until"],
                name="item_in_bin",
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("binned_by__isnull", False)),
                fields=["binned_by"],
                name="item_binned_by",
            ),
        ),
        migrations.CreateModel(
            name="BinnedItem",
            fields=[],
            options={
                "verbose_name": "thing in the bin",
                "verbose_name_plural": "bin",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("store.item",),
        ),
    ]
