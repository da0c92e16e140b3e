from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0004_folding")]

    operations = [
        migrations.AlterField(model_name="ticket", name="sla_target", field=models.TextField(null=True)),
    ]
