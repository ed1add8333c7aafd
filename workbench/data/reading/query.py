"""SQL over pinned tables: DuckDB in memory, one SELECT, locked down.

1. the text is parsed by a connection that holds nothing: one statement, and it selects
2. the tables it names become views over the Parquet files of one pinned version each
3. DuckDB may open those files and nothing else: no other path, no network, no extension, no
   setting can be changed; memory is limited
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workbench.errors import (
    DataError,
    NotCoveredError,
    QueryError,
    UnknownDatasetError,
    near_names,
)

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from workbench.data.cellar import Cellar
    from workbench.data.reading.frame import Frame

__all__ = ["sql"]

_SAFE: Mapping[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}


def sql(cellar: Cellar, text: str, *, memory: str = "4GB", threads: int | None = None) -> Frame:
    """Run one SELECT over the store.

    Parameters
    ----------
    cellar : Cellar
        Its versions are pinned before the first table is opened.
    text : str
        One SELECT (also ``FROM …``, ``WITH …``, ``DESCRIBE``, ``SUMMARIZE``) over datasets by
        their names, such as ``cn.bars_1d``: the tables as stored, under the codes of the time.
    memory : str
        Upper limit of DuckDB's memory.
    threads : int, optional
        Threads DuckDB may use; all by default.

    Returns
    -------
    Frame
        The rows, and the versions they came from.

    Raises
    ------
    QueryError
        Anything but one SELECT, or what DuckDB says about it.
    UnknownDatasetError, NotCoveredError
        A table that there is not, or not yet.
    """
    import duckdb

    from workbench.data.reading.frame import Frame

    _refuse_all_but_select(text)
    seen = cellar.pinned()
    snapshots = {name: seen.table(name) for name in _named(text, seen.pins or ())}
    connection = duckdb.connect(":memory:", config=dict(_SAFE))
    try:
        paths = {name: [str(file) for file in table.files()] for name, table in snapshots.items()}
        _lock(connection, [path for files in paths.values() for path in files], memory, threads)
        for name, table in snapshots.items():
            _view(connection, name, list(table.schema), paths[name], table.schema)
        connection.execute("SET lock_configuration = true")
        rows = _rows(connection.sql(text))
    except duckdb.CatalogException as error:
        raise _absent(seen, text, error) from error
    except duckdb.Error as error:
        raise QueryError(f"The query failed: {error}") from error
    finally:
        connection.close()
    versions = {name: table.version for name, table in snapshots.items()}
    return Frame(rows, {"query": text, "versions": versions, "engine": "duckdb"})


def _rows(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """The answer as a frame; types that no frame has are refused by name.

    By way of pyarrow: DuckDB's own capsule leaves a page of warnings when Python ends.
    """
    import polars as pl
    import pyarrow as pa

    names = list(relation.columns)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise QueryError(f"The answer has the columns {twice} twice; name them apart with AS.")
    table = relation.to_arrow_table()
    odd = [
        f.name for f in table.schema if pa.types.is_interval(f.type) or pa.types.is_union(f.type)
    ]
    if odd:
        raise QueryError(
            f"The columns {odd} hold intervals or unions, which no frame has; cast them, for "
            "example with CAST(… AS VARCHAR) or extract(epoch FROM …)."
        )
    try:
        return pl.DataFrame(table)
    except pl.exceptions.PolarsError as error:
        raise QueryError(f"The answer cannot be a frame: {error}. Cast its columns.") from error


def _refuse_all_but_select(text: str) -> None:
    """Let one SELECT pass; the parser alone decides, nothing is run."""
    import duckdb

    connection = duckdb.connect(":memory:", config=dict(_SAFE))
    try:
        kinds = [statement.type.name for statement in connection.extract_statements(text)]
    except duckdb.Error as error:
        raise QueryError(f"The query cannot be read: {error}") from error
    finally:
        connection.close()
    if kinds != ["SELECT"]:
        raise QueryError(
            f"Expected one SELECT, got {' and '.join(kinds) or 'nothing'}. The store is read by "
            "queries and written by `workbench data update` and `import`."
        )


def _named(text: str, names: Iterable[str]) -> list[str]:
    """Datasets that a query may mean: those whose table occurs in its text."""
    words = text.lower()
    return [name for name in names if name.partition(".")[2] in words]


def _absent(cellar: Cellar, text: str, error: Exception) -> DataError:
    """What to say about a table that is not there: not fetched yet, or unknown."""
    from workbench.data.catalog import catalog

    held = set(cellar.pins or ())
    for name in catalog():
        if name not in held and name in text.lower().replace('"', ""):
            try:
                cellar.table(name)
            except NotCoveredError as missing:
                return missing
    found = re.search(r"Table with name (\S+) does not exist", str(error))
    if found is None:
        return QueryError(f"The query failed: {error}")
    word = found.group(1)
    known = sorted(held | set(catalog()))
    near = near_names(word, [name.partition(".")[2] for name in known])
    return UnknownDatasetError(
        f"The query names the table {word!r}, which is no dataset.{near} In this store: "
        f"{', '.join(sorted(held)) or 'nothing'}."
    )


def _lock(
    connection: duckdb.DuckDBPyConnection, paths: list[str], memory: str, threads: int | None
) -> None:
    """Let DuckDB open `paths` and nothing else."""
    # Without a folder to spill into, DuckDB also loses its own licence to read that folder.
    connection.execute("SET temp_directory = ''")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_paths = {_list(paths)}")
    connection.execute("SET enable_external_access = false")
    connection.execute(f"SET memory_limit = {_text(memory)}")
    if threads is not None:
        connection.execute(f"SET threads = {int(threads)}")


def _view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: list[str],
    paths: list[str],
    schema: Mapping[str, Any],
) -> None:
    """Show one table under its own name, with exactly its own columns."""
    room, _, table = name.partition(".")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_name(room)}")
    target = f"{_name(room)}.{_name(table)}"
    if not paths:
        import polars as pl

        connection.register("_empty", pl.DataFrame(schema=dict(schema)).to_arrow())
        connection.execute(f"CREATE TABLE {target} AS SELECT * FROM _empty")
        connection.unregister("_empty")
        return
    shown = ", ".join(_name(column) for column in columns)
    connection.execute(
        f"CREATE VIEW {target} AS SELECT {shown} FROM "
        f"read_parquet({_list(paths)}, union_by_name = true, hive_partitioning = false)"
    )


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _list(words: Iterable[str]) -> str:
    return "[" + ", ".join(_text(word) for word in words) + "]"
