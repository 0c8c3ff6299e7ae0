"""Reads a recording with pyarrow, DuckDB and polars; prints each row as JSON, with instants in ns and values in hex.

    read.py FILE
"""

import json
import sys

import duckdb
import polars
import pyarrow
import pyarrow.parquet

COLUMNS = ["received", "source", "interval", "timestamp", "target", "metric", "labels", "unit", "kind", "value"]
TIMES = {"received", "timestamp"}


def with_pyarrow(path):
    table = pyarrow.parquet.read_table(path)
    for column in TIMES:
        assert table.schema.field(column).type == pyarrow.timestamp("ns", tz="UTC"), table.schema
    assert table.schema.field("value").type == pyarrow.float64(), table.schema
    assert table.schema.field("labels").type == pyarrow.string(), table.schema
    times = [table.schema.get_field_index(column) for column in TIMES]
    for at in times:
        table = table.set_column(at, table.schema.names[at], table.column(at).cast(pyarrow.int64()))
    assert table.schema.names == COLUMNS
    return [tuple(row.values()) for row in table.to_pylist()]


def with_duckdb(path):
    columns = ", ".join(f"epoch_ns({column})" if column in TIMES else column for column in COLUMNS)
    return duckdb.execute(f"SELECT {columns} FROM read_parquet(?)", [path]).fetchall()


def with_polars(path):
    frame = polars.read_parquet(path)
    for column in TIMES:
        assert frame.schema[column] == polars.Datetime("ns", "UTC"), frame.schema
    return frame.with_columns(polars.col(column).cast(polars.Int64) for column in TIMES).rows()


def main(path):
    for read in with_pyarrow, with_duckdb, with_polars:
        for row in read(path):
            row = [value.hex() if isinstance(value, float) else value for value in row]
            print(json.dumps([read.__name__, *row]))


main(*sys.argv[1:])
