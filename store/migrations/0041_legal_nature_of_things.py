import django.core.validators
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0040_doubted_addresses")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="nature",
            field=models.CharField(
                blank=True,
                choices=[
                    ("new", "new"),
                    ("used", "used"),
                    ("for_repair", "for repair: not fit for use before"),
                    ("antique", "antique, more than a hundred years old"),
                    ("art", "work of art"),
                    ("collectible", "collectors’ piece"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="what its new things are",
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="tax_scheme",
            field=models.CharField(
                blank=True,
                choices=[
                    ("standard", "standard rate"),
                    ("reduced", "reduced rate"),
                    ("margin", "margin scheme"),
                    ("zero", "zero rate"),
                ],
                db_default="",
                default="",
                help_text="Empty: the standard rate.",
                max_length=10,
                verbose_name="tax scheme of its new things",
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="nature",
            field=models.CharField(
                blank=True,
                choices=[
                    ("new", "new"),
                    ("used", "used"),
                    ("for_repair", "for repair: not fit for use before"),
                    ("antique", "antique, more than a hundred years old"),
                    ("art", "work of art"),
                    ("collectible", "collectors’ piece"),
                ],
                db_default="",
                default="",
                max_length=12,
                verbose_name="sold as",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="nature",
            field=models.CharField(
                blank=True,
                choices=[
                    ("new", "new"),
                    ("used", "used"),
                    ("for_repair", "for repair: not fit for use before"),
                    ("antique", "antique, more than a hundred years old"),
                    ("art", "work of art"),
                    ("collectible", "collectors’ piece"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="piece",
            name="purchase_tax",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "none shown: from a private person, or by the margin scheme"),
                    ("shown", "shown on the invoice"),
                    ("reduced", "imported, or bought, at a reduced rate"),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="tax when it was bought",
            ),
        ),
        migrations.AddField(
            model_name="shopprofile",
            name="days_to_send",
            field=models.PositiveSmallIntegerField(
                db_default=3,
                default=3,
                help_text="After it was paid. Pages say it, with the days of the parcel.",
                validators=[django.core.validators.MaxValueValidator(90)],
                verbose_name="days until something is sent or laid ready",
            ),
        ),
        migrations.AddField(
            model_name="shopprofile",
            name="margin_note_antiques",
            field=models.CharField(blank=True, 
                db_default="Margin scheme – collector’s items and antiques",
                default="Margin scheme – collector’s items and antiques",
                max_length=300,
                verbose_name="the same of antiques and collectors’ pieces",
            ),
        ),
        migrations.AddField(
            model_name="shopprofile",
            name="margin_note_art",
            field=models.CharField(blank=True, 
                db_default="Margin scheme – works of art",
                default="Margin scheme – works of art",
                max_length=300,
                verbose_name="the same of works of art",
            ),
        ),
        migrations.AddField(
            model_name="shopprofile",
            name="reduced_rate",
            field=models.DecimalField(
                db_default=Decimal("7.00"),
                decimal_places=2,
                default=Decimal("7.00"),
                help_text="Of things whose tax scheme is the reduced rate.",
                max_digits=4,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0")),
                    django.core.validators.MaxValueValidator(Decimal("99")),
                ],
                verbose_name="reduced tax rate, in percent",
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="tax_scheme",
            field=models.CharField(
                choices=[
                    ("standard", "standard rate"),
                    ("reduced", "reduced rate"),
                    ("margin", "margin scheme"),
                    ("zero", "zero rate"),
                ],
                default="standard",
                max_length=10,
                verbose_name="tax scheme",
            ),
        ),
        migrations.AlterField(
            model_name="pieceevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("in", "came in"),
                    ("held", "into a bag"),
                    ("renewed", "time renewed"),
                    ("lapsed", "time ran out"),
                    ("released", "given back"),
                    ("offered", "offered to the next in line"),
                    ("reserved", "reserved by staff"),
                    ("extended", "time changed by staff"),
                    ("ordered", "ordered"),
                    ("cancelled", "order cancelled"),
                    ("sold", "sold"),
                    ("withdrawn", "withdrawn"),
                    ("returned", "back on sale"),
                    ("corrected", "purchase corrected"),
                ],
                max_length=10,
                verbose_name="what",
            ),
        ),
    ]
