"""What a calculation gave: earnings, shares and receipts, in a database or read back from files."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from headrace.engine import receipt, sql
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.plan.layout import RuleLayout, layout_from, layout_text
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import EARNINGS, SHARES

# Facts are read by group, so a small part of a file holds those of one receipt.
_ROW_GROUP_ROWS = 20_000
