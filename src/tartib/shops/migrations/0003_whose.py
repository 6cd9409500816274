"""What tells which shop something is about, before anything of it can be read."""

from django.db import migrations

from tartib.shops.definers import definer, shop_of, shops_with


class Migration(migrations.Migration):
    """What tells which shop something is about, before anything of it can be read."""

    dependencies = [("shops", "0002_append_only")]

    operations = [
        definer("every_shop", "", "SETOF bigint", "SELECT id FROM shops_shop ORDER BY id"),
        definer("practice_shops", "", "SETOF bigint", "SELECT id FROM shops_shop WHERE practice ORDER BY id"),
        definer(
            "shops_of_person",
            "bigint",
            "SETOF bigint",
            "SELECT shop_id FROM shops_membership WHERE user_id = $1 AND active ORDER BY id",
        ),
        shop_of("slug", "text", "shops_shop", "slug = $1"),
        shop_of("code", "text", "shops_shop", "code = $1"),
        shop_of("domain", "text", "shops_shop", "domain = $1 AND domain <> ''"),
        shop_of("api_key", "bytea", "shops_apikey", "digest = $1"),
        shop_of("invitation", "bytea", "shops_invitation", "digest = $1"),
        shops_with("domains", "", "SELECT shop_id FROM shops_claim ORDER BY looked_at NULLS FIRST"),
        shops_with(
            "unproved_domains",
            "timestamptz",
            "SELECT shop_id FROM shops_claim WHERE proved_at IS NULL AND claimed_at > $1"
            " ORDER BY looked_at NULLS FIRST LIMIT 200",
        ),
    ]
