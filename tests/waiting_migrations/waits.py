from django.db import migrations


class Migration(migrations.Migration):
    """One step that needs nobody, and one that needs a table which others read."""

    operations = [
        migrations.RunSQL('CREATE TABLE "waits_first" ()', 'DROP TABLE "waits_first"'),
        migrations.RunSQL(
            'ALTER TABLE "store_item" ADD COLUMN "waits" int',
            'ALTER TABLE "store_item" DROP COLUMN "waits"',
        ),
    ]
