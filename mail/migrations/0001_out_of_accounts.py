import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The tables stay where they are, under their names: only the app they belong to changes."""

    initial = True
    dependencies = [
        ("accounts", "0004_mail_permissions"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
            migrations.CreateModel(
                name='Mail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('event', models.CharField(max_length=80, verbose_name='occasion')),
                    ('about', models.CharField(blank=True, max_length=200, verbose_name='about')),
                    ('to', models.CharField(max_length=320, verbose_name='to')),
                    ('reply_to', models.CharField(blank=True, max_length=320, verbose_name='answers go to')),
                    ('subject', models.TextField(verbose_name='subject')),
                    ('text', models.TextField(verbose_name='text')),
                    ('html', models.TextField(blank=True)),
                    ('headers', models.JSONField(default=dict)),
                    ('attachment', models.CharField(blank=True, max_length=80, verbose_name='attachment')),
                    ('sensitive', models.BooleanField(default=False)),
                    ('message_id', models.CharField(max_length=255, unique=True, verbose_name='Message-ID')),
                    ('state', models.CharField(choices=[('queued', 'waits to be sent'), ('sent', 'sent'), ('failed', 'failed')], default='queued', max_length=10, verbose_name='state')),
                    ('tries', models.PositiveIntegerField(default=0, verbose_name='tries')),
                    ('next_try_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='next try')),
                    ('claimed_until', models.DateTimeField(null=True)),
                    ('useful_until', models.DateTimeField(null=True, verbose_name='of use until')),
                    ('last_error', models.TextField(blank=True, verbose_name='last error')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='written')),
                    ('queued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('sent_at', models.DateTimeField(null=True, verbose_name='sent at')),
                ],
                options={
                    'db_table': 'accounts_mail',
                    'verbose_name': 'mail',
                    'verbose_name_plural': 'mails',
                    'ordering': ['-pk'],
                    'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_try_at'], name='mail_queued'), models.Index(fields=['state', 'sent_at'], name='mail_state_and_sent_at')],
                },
            ),
            migrations.CreateModel(
                name='Wording',
                fields=[
                    ('event', models.CharField(max_length=80, primary_key=True, serialize=False)),
                    ('subject', models.CharField(max_length=200, verbose_name='subject')),
                    ('text', models.TextField(verbose_name='text')),
                    ('changed_at', models.DateTimeField(auto_now=True)),
                    ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'db_table': 'accounts_wording',
                    'verbose_name': 'wording of a mail',
                    'verbose_name_plural': 'wording of mails',
                    'ordering': ['event'],
                },
            ),
            ],
        ),
    ]
