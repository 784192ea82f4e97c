from django.db import migrations
from django.db.models import Q

from typed.emails import plain_email

ODD = Q(email__regex="[^ -~]") | Q(email__contains="xn--")


def spell_plainly(apps, schema_editor):
    """Rid the addresses of orders of what nobody sees: mail to them can be sent again."""
    Order = apps.get_model("store", "Order")
    for order in Order.objects.filter(ODD).only("pk", "email"):
        Order.objects.filter(pk=order.pk).update(email=plain_email(order.email))


class Migration(migrations.Migration):
    dependencies = [("store", "0010_checkout_number")]

    operations = [migrations.RunPython(spell_plainly, migrations.RunPython.noop)]
