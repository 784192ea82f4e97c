from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0044_safety_of_things")]

    operations = [
        migrations.AddField(
            model_name='item',
            name='certificate',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='number of its certificate'),
        ),
        migrations.AddField(
            model_name='item',
            name='sent_to',
            field=models.CharField(blank=True, choices=[('nowhere', 'nowhere: it is collected'), ('country', 'within our country'), ('eu', 'within the EU'), ('world', 'everywhere')], db_default='', default='', max_length=10, verbose_name='may be sent'),
        ),
        migrations.AddField(
            model_name='item',
            name='watched_material',
            field=models.CharField(blank=True, choices=[('none', 'none of these'), ('ivory', 'ivory'), ('tortoise', 'tortoiseshell'), ('rosewood', 'rosewood'), ('other', 'another that needs papers')], db_default='', default='', help_text='The law watches them: what has any is not published without its papers.', max_length=10, verbose_name='ivory, tortoiseshell or rosewood in it'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('published', False), ('watched_material__in', ['', 'none']), models.Q(models.Q(('certificate', ''), _negated=True), models.Q(('sent_to', ''), _negated=True)), _connector='OR'), name='item_watched_has_papers'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_to', 'nowhere'), _negated=True), ('shipping__isnull', True), _connector='OR'), name='item_sent_nowhere_is_collected'),
        ),
    ]
