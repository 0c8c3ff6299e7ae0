"""Writes the same history with pyarrow, DuckDB and polars in every way that they have; prints the names of the files.

    write.py FOLDER

Three series at 1 s for 20 s from the instant 1,800,000,000; one sample is null.
"""

import itertools
import pathlib
import sys

import duckdb
import polars
import pyarrow
import pyarrow.parquet

START = 1_800_000_000
SERIES = [
    ("web-1", "cpu.utilization", [], "1", "gauge"),
    ("web-1", "disk.io", [("device", "sda"), ("path", "C:\\a,b")], "By", "counter"),
    ("web-2", "cpu.utilization", [], "1", "gauge"),
]


def rows(order):
    seconds = range(20)
    pairs = itertools.product(seconds, range(3)) if order == "time" else itertools.product(range(3), seconds)
    if order == "series":
        pairs = ((second, series) for series, second in pairs)
    for second, series in pairs:
        target, metric, labels, unit, kind = SERIES[series]
        value = None if (second, series) == (7, 0) else second * 100 + series + 0.5
        yield START + second, target, metric, labels, unit, kind, value


def text(labels):
    return ",".join(name + "=" + value.replace("\\", "\\\\").replace(",", "\\,") for name, value in labels)


def columns(order):
    at, target, metric, labels, unit, kind, value = zip(*rows(order))
    return list(at), list(target), list(metric), list(labels), list(unit), list(kind), list(value)


def table(order="time", unit="ns", zone="UTC", string=pyarrow.string(), labels="text", number=pyarrow.float64()):
    """The history as an arrow table."""
    at, target, metric, pairs, units, kind, value = columns(order)
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    texts = lambda values: pyarrow.array(values, pyarrow.string()).cast(string)
    return pyarrow.table(
        {
            "timestamp": pyarrow.array([second * per_second for second in at], pyarrow.timestamp(unit, zone)),
            "target": texts(target),
            "metric": texts(metric),
            "labels": texts(map(text, pairs))
            if labels == "text"
            else pyarrow.array(pairs, pyarrow.map_(pyarrow.string(), pyarrow.string())),
            "unit": texts(units),
            "kind": texts(kind),
            "value": pyarrow.array(value, pyarrow.float64()).cast(number),
        }
    )


def with_pyarrow(folder):
    write = lambda name, given, **options: pyarrow.parquet.write_table(given, folder / f"pyarrow_{name}.parquet", **options)
    for compression in "none", "snappy", "gzip", "zstd", "lz4":
        write(compression, table(), compression=compression)
    for unit, zone in itertools.product(("s", "ms", "us", "ns"), ("UTC", None, "Europe/Berlin")):
        write(f"{unit}_{(zone or 'no').split('/')[0]}", table(unit=unit, zone=zone))
    write("int96", table(zone=None), use_deprecated_int96_timestamps=True)
    write("large_string", table(string=pyarrow.large_string()))
    write("string_view", table(string=pyarrow.string_view()))
    write("dictionary", table(string=pyarrow.dictionary(pyarrow.int8(), pyarrow.string())))
    write("no_dictionary", table(), use_dictionary=False)
    write("map", table(labels="map"))
    write("by_series", table("series"), row_group_size=7)
    write("pages_v2", table(), data_page_version="2.0", version="1.0")
    write("float32", table(number=pyarrow.float32()))
    write("decimal", table(number=pyarrow.decimal128(12, 2)))
    write("split", table(), use_dictionary=False, use_byte_stream_split=["value"])
    delta = {"timestamp": "DELTA_BINARY_PACKED", "metric": "DELTA_BYTE_ARRAY", "target": "DELTA_LENGTH_BYTE_ARRAY"}
    write("delta", table(), use_dictionary=False, column_encoding=delta)
    whole = table().set_column(0, "timestamp", pyarrow.array(columns("time")[0], pyarrow.int64()))
    write("whole_seconds", whole)
    only = table().set_column(0, "timestamp", pyarrow.array([f"{at}" for at in columns("time")[0]]))
    write("text_seconds", only)


def with_duckdb(folder):
    duckdb.register("history", table(unit="us", zone=None, labels="map"))
    duckdb.execute("SET TimeZone = 'UTC'")
    for compression in "uncompressed", "snappy", "gzip", "zstd", "lz4_raw":
        copy("SELECT * FROM history", folder / f"duckdb_{compression}.parquet", f", COMPRESSION {compression}")
    for of in "TIMESTAMPTZ", "TIMESTAMP_MS", "TIMESTAMP_S", "TIMESTAMP_NS", "TIMESTAMPTZ_NS":
        what = f"SELECT * REPLACE (timestamp::{of} AS timestamp) FROM history"
        copy(what, folder / f"duckdb_{of.lower()}.parquet")
    copy("SELECT * FROM history ORDER BY target, metric, timestamp", folder / "duckdb_by_series.parquet")
    copy("SELECT * FROM history", folder / "duckdb_v2.parquet", ", PARQUET_VERSION v2")
    copy("SELECT * REPLACE (value::DECIMAL(9, 1) AS value) FROM history", folder / "duckdb_decimal.parquet")


def copy(what, path, options=""):
    duckdb.execute(f"COPY ({what}) TO '{path}' (FORMAT parquet{options})")


def with_polars(folder):
    frame = polars.from_arrow(table())
    for compression in "uncompressed", "snappy", "gzip", "zstd", "lz4":
        frame.write_parquet(folder / f"polars_{compression}.parquet", compression=compression)
    for unit in "ms", "us", "ns":
        for zone in "UTC", None:
            at = polars.col("timestamp").dt.cast_time_unit(unit).dt.replace_time_zone(zone)
            frame.with_columns(at).write_parquet(folder / f"polars_{unit}_{zone}.parquet")
    by_series = frame.sort("target", "metric", "timestamp")
    by_series.write_parquet(folder / "polars_by_series.parquet", row_group_size=11)
    categories = polars.col("target", "metric", "unit", "kind").cast(polars.Categorical)
    frame.with_columns(categories).write_parquet(folder / "polars_categorical.parquet")
    polars.from_arrow(table(labels="map")).write_parquet(folder / "polars_list_of_pairs.parquet")


def main(folder):
    folder = pathlib.Path(folder)
    for write in with_pyarrow, with_duckdb, with_polars:
        write(folder)
    for path in sorted(folder.iterdir()):
        print(path.name)


main(*sys.argv[1:])
