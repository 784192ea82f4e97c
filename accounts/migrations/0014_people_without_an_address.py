"""Whoever brings something to the counter may have no e-mail address.

"" stands for none, as in orders: the release before reads it as the text that it knows. There is
no way back while two people have none.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_address_changes")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(
                blank=True, db_index=True, max_length=254, verbose_name="e-mail address"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email", ""), _negated=True),
                fields=("email",),
                name="one_account_an_address",
                violation_error_code="unique",
                violation_error_message="There is an account with this e-mail address already.",
            ),
        ),
    ]
