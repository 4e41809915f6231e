"""Asks every question of a made fleet with DuckDB and with plimsoll-fleet, on the same files, and compares the answers.

    python scripts/duckdb_answers.py FOLDER_OF_THE_PROGRAM [FLEET]
"""

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb


def main():
    programs = Path(sys.argv[1])
    program = programs / "plimsoll-fleet"
    with tempfile.TemporaryDirectory() as folder:
        fleet = Path(sys.argv[2]) if len(sys.argv) > 2 else made(programs, Path(folder))
        failed = [name for name in questions(program) if not agree(program, fleet, name)]
    if failed:
        sys.exit(f"the answers differ: {', '.join(failed)}")


def made(programs, folder):
    """A small fleet."""
    subprocess.run([programs / "examples/make_fleet", "layout", folder / "images"], check=True)
    subprocess.run([programs / "plimsoll-fleet", "scan", folder / "images", "-o", folder / "fleet"], check=True)
    return folder / "fleet"


def questions(program):
    listed = output(program, "query", "--list")
    return [line.split()[0] for line in listed.splitlines() if not line.startswith(" ")]


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def engine(fleet):
    connection = duckdb.connect()
    for table in sorted((fleet / "tables").iterdir()):
        if table.name == "contents":
            files = f"read_parquet('{table}/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)"
        else:
            files = f"read_parquet('{table}/*.parquet')"
        connection.execute(f'CREATE VIEW "{table.name}" AS SELECT * FROM {files}')
    return connection


def agree(program, fleet, name):
    sql = output(program, "query", name, "--sql")
    cursor = engine(fleet).execute(sql)
    columns = [column[0] for column in cursor.description]
    theirs = [dict(zip(columns, row)) for row in cursor.fetchall()]
    ours = json.loads(output(program, "query", name, "-i", fleet, "--format", "json"))
    same = len(ours) == len(theirs) and all(same_row(one, other) for one, other in zip(ours, theirs))
    print(f"{name}: {len(ours)} rows, {'the same' if same else 'DIFFERENT'}")
    return same


def same_row(one, other):
    return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)


def same_value(one, other):
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other


if __name__ == "__main__":
    main()
