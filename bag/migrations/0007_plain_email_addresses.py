from django.db import migrations
from django.db.models import Q

from typed.emails import plain_email

ODD = Q(email__regex="[^ -~]") | Q(email__contains="xn--")


def spell_plainly(apps, schema_editor):
    """Rid the addresses of who waits of what nobody sees."""
    WaitlistEntry = apps.get_model("bag", "WaitlistEntry")
    for entry in WaitlistEntry.objects.filter(ODD).only("pk", "email"):
        WaitlistEntry.objects.filter(pk=entry.pk).update(email=plain_email(entry.email))


class Migration(migrations.Migration):
    dependencies = [("bag", "0006_name_the_rate_limit")]

    operations = [migrations.RunPython(spell_plainly, migrations.RunPython.noop)]
