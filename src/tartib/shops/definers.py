"""Functions of the database that see what their caller may not: they run by the rights of the tables' owner.

Before it is known which shop something is about, nothing of any shop can be read. So each way to find that out is a
function of its own that takes a key and returns the shop's number. Searching for words is another: PostgreSQL uses no
index behind a policy for an operator that might tell of rows it was not to see, and takes `@@` for one.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

THE_SHOP = "current_setting('tartib.shop')::bigint"


def definer(name: str, takes: str, returns: str, body: str, *, language: str = "sql", rows: int = 0) -> RunSQL:
    """The operation of a migration that makes a function of that name: `takes` its parameters as SQL has them.

    It finds tables by the schema they are in, wherever its caller would look for them.
    """
    expected = f" ROWS {rows}" if rows else ""
    return RunSQL(
        [
            f"CREATE FUNCTION {name}({takes}) RETURNS {returns} LANGUAGE {language} STABLE SECURITY DEFINER{expected}"
            f" SET search_path = public, pg_temp AS $body${body}$body$"
        ],
        [f"DROP FUNCTION {name}({takes})"],
    )


def shop_of(key: str, kind: str, table: str, condition: str) -> RunSQL:
    """Make `shop_of_<key>`: the shop of the row of `table` that meets a condition about `$1`."""
    column = "id" if table == "shops_shop" else "shop_id"
    return definer(f"shop_of_{key}", kind, "bigint", f"SELECT {column} FROM {table} WHERE {condition} LIMIT 1")


def shops_with(work: str, takes: str, body: str) -> RunSQL:
    """Make `shops_with_<work>`: the shops that a SELECT finds."""
    return definer(f"shops_with_{work}", takes, "SETOF bigint", body)


def finder(table: str, words: str, *, of: str = "having", condition: str = "true") -> RunSQL:
    """Make `<table>_<of>`: the ids of the rows of the shop at hand that match a tsquery, `words` being their vector.

    The query stands in the statement that is carried out, not beside it: how frequent its words are decides which plan
    is quick, and a parameter would be planned for without looking at it.
    """
    return definer(
        f"{table}_{of}", "wanted tsquery", "SETOF bigint",
        f"""BEGIN RETURN QUERY EXECUTE format(
            'SELECT id FROM {table} WHERE shop_id = %s AND {condition} AND {words.replace("'", "''")} @@ %L',
            {THE_SHOP}, wanted); END""",
        language="plpgsql", rows=100,
    )  # fmt: skip
