#!/usr/bin/python3
"""Writes the files beside it with NumPy (Debian: python3-numpy), which the
tests then do without.  Run it again only to add files: what another NumPy
writes may differ in the padding of its headers."""
import os
import warnings

import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
warnings.simplefilter("ignore")  # that versions 2.0 and 3.0 need a newer NumPy


def save(name, values, dtype=None, version=None):
    with open(name + ".npy", "wb") as file:
        np.lib.format.write_array(file, np.asanyarray(values, dtype), version)


# Every type that becomes an int64 or a double, at its extremes.
for size in (1, 2, 4, 8):
    signed = np.iinfo(f"<i{size}")
    unsigned = np.iinfo(f"<u{size}")
    save(f"i{size}", [signed.min, -1, 0, 1, signed.max], f"<i{size}")
    save(f"u{size}", [0, 1, unsigned.max // 2 + 1, unsigned.max], f"<u{size}")
for size in (2, 4, 8):
    info = np.finfo(f"<f{size}")
    save(f"f{size}", [-0.0, 1, info.smallest_subnormal, info.tiny, -info.max,
                      np.array(1, f"<f{size}") / 3], f"<f{size}")
    save(f"f{size}_not_finite", [1, np.nan, np.inf, -np.inf], f"<f{size}")

# What is an array, but none of those.
save("b1", [True, False])
save("c16", [1 + 2j])
save("big_i8", [1, 2], ">i8")
save("big_f8", [1, 2], ">f8")
save("text", ["a", "bc"])
save("bytes", [b"a", b"bc"])
save("dates", ["2026-11-21"], "<M8[D]")
save("object", [{"a": 1}, None])
save("record", [(1, 2.5)], [("a", "<i4"), ("b", "<f8")])
save("record_nested", [((1, [2, 3]), 4)],
     [("it's", [("[", "<i4"), ('"', "<f8", (2,))]), ("\\", "<i8")])
save("record_utf8", [(1,)], [("größe", "<i4"), ], (3, 0))

# Shapes and orders.
numbers = np.arange(6, dtype="<f8").reshape(2, 3) / 4
save("matrix", numbers)
save("matrix_fortran", np.asfortranarray(numbers))
save("matrix_i4", numbers * 4, "<i4")
save("matrix_column", [[1.5], [2.5]])
save("scalar", 1.5)
save("cube", np.arange(8, dtype="<f8").reshape(2, 2, 2))
save("deep", np.zeros((1,) * 32))
save("empty_i8", [], "<i8")
save("empty_f8", [], "<f8")
save("no_rows", np.zeros((0, 3)))
save("no_columns", np.zeros((3, 0)))

# Versions of the format.
for version in (1, 2, 3):
    save(f"version_{version}", [1.5, -2.25], "<f8", (version, 0))
