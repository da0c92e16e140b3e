from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0006_brands_that_send'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_due',
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(models.F('due_at'), models.F('id'), condition=models.Q(models.Q(('channel', 'email'), _negated=True), ('due_at__isnull', False)), name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(models.F('domain'), models.F('due_at'), models.F('id'), condition=models.Q(('channel', 'email'), ('due_at__isnull', False)), name='delivery_turns'),
        ),
        migrations.AddConstraint(
            model_name='numberproof',
            constraint=models.UniqueConstraint(condition=models.Q(('used_at__isnull', True)), fields=('customer',), name='numberproof_one_open'),
        ),
    ]
