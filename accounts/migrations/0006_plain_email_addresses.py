from django.db import migrations
from django.db.models import Q

from typed.emails import plain_email

ODD = Q(email__regex="[^ -~]") | Q(email__contains="xn--")


def spell_plainly(apps, schema_editor):
    """Rid addresses of what nobody sees. Where the plain one is taken, both accounts stay.

    Nobody can log in to the odd one of them; staff find both by their names.
    """
    User = apps.get_model("accounts", "User")
    for user in User.objects.filter(ODD).order_by("pk"):
        plain = plain_email(user.email)
        if plain != user.email and not User.objects.filter(email=plain).exists():
            User.objects.filter(pk=user.pk).update(email=plain)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_mails_move_out")]

    operations = [migrations.RunPython(spell_plainly, migrations.RunPython.noop)]
