from django.db import migrations

from accounts.groups import MANAGERS, SHOP_STAFF, WORKSHOP_STAFF, grant, revoke

CATALOGUE = [
    f"{action}_{model}"
    for model in ("category", "item", "itemimage", "piece")
    for action in ("add", "change", "delete", "view")
]
SEE_ORDERS = ["view_order", "view_orderline", "view_orderevent"]
SEE_SHOP = ["view_category", "view_item", "view_itemimage", "view_piece", *SEE_ORDERS]
RUN_SHOP = [*CATALOGUE, *SEE_ORDERS, "change_order", "view_shopprofile"]
GRANTS = {
    SHOP_STAFF: RUN_SHOP,
    WORKSHOP_STAFF: SEE_SHOP,
    MANAGERS: [*RUN_SHOP, "change_shopprofile"],
}


def give(apps, schema_editor):
    grant(apps, "store", GRANTS)


def take_back(apps, schema_editor):
    revoke(apps, "store", GRANTS)


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_search_index"),
        ("accounts", "0002_staff_groups"),
    ]

    operations = [
        migrations.RunPython(give, take_back, elidable=False),
    ]
