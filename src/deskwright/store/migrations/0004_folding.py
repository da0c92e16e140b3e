from django.db import migrations

from deskwright.store.folding import teach
from deskwright.engine.sqlfilter import FOLD


def make(apps, editor):
    with editor.connection.cursor() as cursor:
        teach(cursor)


def drop(apps, editor):
    editor.execute(f"DROP FUNCTION IF EXISTS {FOLD}(text)")


class Migration(migrations.Migration):
    dependencies = [("store", "0003_assignment_and_automations")]

    operations = [migrations.RunPython(make, drop)]
