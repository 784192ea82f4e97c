from django.db import migrations

BATCH = 1000


def write_arrivals(apps, schema_editor):
    """The pieces that were there before came in with their items."""
    event = apps.get_model("store", "PieceEvent")
    pieces = apps.get_model("store", "Piece").objects.values_list("pk", "item__created_at")
    arrivals = (event(piece_id=pk, kind="in", at=at) for pk, at in pieces.iterator(BATCH))
    event.objects.bulk_create(arrivals, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("store", "0004_piece_history")]

    operations = [
        migrations.RunPython(write_arrivals, migrations.RunPython.noop, elidable=True),
    ]
