"""Django's backend for PostgreSQL, but that keys between tables of shops hold the shop as well.

A key that is an id alone can lead to another shop's row, and only the code above sees to that it does not. One of shop
and id is refused by the database wherever it would. It stands in place of the single one, so that each row is looked
for once. The table it leads to needs `shops.keys.in_shop`; the migration fails where it has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.ddl_references import Columns, Statement
from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import ForeignKey, Model

if TYPE_CHECKING:
    # Its stubs leave out what is Django's own.
    class Editor(DatabaseSchemaEditor):
        def _create_fk_sql(self, model: type[Model], field: ForeignKey[Any, Any], suffix: str) -> Statement: ...
else:
    Editor = DatabaseSchemaEditor


def shop_column(model: type[Model]) -> str:
    """The column that says whose a row of a table is; empty for a table that is nobody's or everybody's."""
    if model._meta.label == "shops.Shop":
        return "id"
    return next((field.attname for field in model._meta.local_fields if field.name == "shop"), "")


class SchemaEditor(Editor):
    """Makes keys between tables of shops of two columns."""

    # Nothing is made with its column: keys of new columns come like those of new tables, by the one method below.
    sql_create_column_inline_fk = ""

    def _create_fk_sql(self, model: type[Model], field: ForeignKey[Any, Any], suffix: str) -> Statement:
        statement = super()._create_fk_sql(model, field, suffix)
        target = field.target_field.model
        here, there = shop_column(model), shop_column(target)
        if field.name != "shop" and here and there and target._meta.label != "shops.Shop":
            of_here, of_there = [here, field.column], [there, target._meta.pk.attname]
            statement.parts["column"] = Columns(model._meta.db_table, of_here, self.quote_name)
            statement.parts["to_column"] = Columns(target._meta.db_table, of_there, self.quote_name)
        return statement


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL."""

    SchemaEditorClass = SchemaEditor
