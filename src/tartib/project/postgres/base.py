"""Django's backend for PostgreSQL, but that each shop is in a room of its own.

Every table of shops has a policy: only rows of the shop at hand (`shops.scope`) are seen, changed and written, and
where there is none, asking is an error. The shop is told to the database first in each transaction, for that one
alone, so that nothing of it is left to whoever uses the connection next. A statement outside of transactions gets one.

Keys between tables of shops hold the shop as well. A key that is an id alone can lead to another shop's row, and only
the code above sees to that it does not. One of shop and id is refused by the database wherever it would. It stands in
place of the single one, so that each row is looked for once. The table it leads to needs `shops.keys.in_shop`; the
migration fails where it has none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.backends.ddl_references import Columns, Statement
from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import Field, ForeignKey, Model
from psycopg.pq import TransactionStatus

from tartib.shops import scope

if TYPE_CHECKING:
    # Its stubs leave out what is Django's own.
    class Editor(DatabaseSchemaEditor):
        def _create_fk_sql(self, model: type[Model], field: ForeignKey[Any, Any], suffix: str) -> Statement: ...

    class Wrapper(base.DatabaseWrapper):
        def _set_autocommit(self, autocommit: bool) -> None: ...
else:
    Editor, Wrapper = DatabaseSchemaEditor, base.DatabaseWrapper


def shop_column(model: type[Model]) -> str:
    """The column that says whose a row of a table is; empty for a table that is nobody's or everybody's."""
    if model._meta.label == "shops.Shop":
        return "id"
    return next((field.attname for field in model._meta.local_fields if field.name == "shop"), "")


_POLICY = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    "CREATE POLICY of_shop ON {table} USING ({column} = current_setting('tartib.shop')::bigint)",
)


class SchemaEditor(Editor):
    """Makes tables of shops with their policy, and keys between them of two columns."""

    # Nothing is made with its column: keys of new columns come like those of new tables, by the one method below.
    sql_create_column_inline_fk = ""

    def create_model(self, model: type[Model]) -> None:
        super().create_model(model)
        if column := shop_column(model):
            self._keep_apart(model, column)

    def add_field(self, model: type[Model], field: Field[Any, Any]) -> None:
        super().add_field(model, field)
        if field.name == "shop":
            self._keep_apart(model, field.attname)

    def _keep_apart(self, model: type[Model], column: str) -> None:
        names = {"table": self.quote_name(model._meta.db_table), "column": self.quote_name(column)}
        for statement in _POLICY:
            self.execute(statement.format(**names))

    def _create_fk_sql(self, model: type[Model], field: ForeignKey[Any, Any], suffix: str) -> Statement:
        statement = super()._create_fk_sql(model, field, suffix)
        target = field.target_field.model
        here, there = shop_column(model), shop_column(target)
        if field.name != "shop" and here and there and target._meta.label != "shops.Shop":
            of_here, of_there = [here, field.column], [there, target._meta.pk.attname]
            statement.parts["column"] = Columns(model._meta.db_table, of_here, self.quote_name)
            statement.parts["to_column"] = Columns(target._meta.db_table, of_there, self.quote_name)
        return statement


class DatabaseWrapper(Wrapper):
    """A connection to PostgreSQL that tells it whose data the work at hand may touch."""

    SchemaEditorClass = SchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._in_transaction)

    def _set_autocommit(self, autocommit: bool) -> None:
        """Begin or end a transaction; one within a scope begins with saying whose it is, in the same message."""
        if autocommit or scope.current() is None:
            super()._set_autocommit(autocommit)
        else:
            self._send(f"BEGIN; {self._told(scope.current())}")

    def tell_scope(self) -> None:
        """Tell the transaction that is open, if any, of the scope that was entered or left."""
        if not self.in_atomic_block or self.connection is None or self.closed_in_transaction:
            return
        # Of a transaction that has failed nothing is kept, nor is what it was told.
        if self.connection.info.transaction_status in (TransactionStatus.IDLE, TransactionStatus.INTRANS):
            self._send(self._told(scope.current()))

    def _told(self, shop_id: int | None) -> str:
        """What a transaction is told of whose it is."""
        return f"SET LOCAL tartib.shop = '{'' if shop_id is None else int(shop_id)}'"

    def _send(self, statement: str) -> None:
        with self.wrap_database_errors:
            self.connection.execute(statement)

    def _in_transaction(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Carry out a statement: one within a scope and outside of transactions has one of its own."""
        if self.in_atomic_block or scope.current() is None:
            return execute(sql, params, many, context)
        # Not by `atomic`, which takes as long again for what is a message before and one after.
        self._send(f"BEGIN; {self._told(scope.current())}")
        try:
            result = execute(sql, params, many, context)
        except BaseException:
            if not self.connection.closed:
                self.connection.rollback()
            raise
        with self.wrap_database_errors:
            self.connection.commit()
        return result
