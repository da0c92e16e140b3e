from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AgentRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agent", models.BigIntegerField()),
                ("version", models.BigIntegerField()),
                ("facts", models.JSONField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("agent", "version"), name="agent_record_once")],
            },
        ),
    ]
