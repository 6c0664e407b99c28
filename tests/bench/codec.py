"""What Python's JSON readers and writers make of a text.

    codec.py FILE

prints a line for each that there is: "NAME DECODE ENCODE", in MB/s.
"""

import json
import sys
import time

codecs = [("python", json.loads, lambda tree: json.dumps(tree, separators=(",", ":")))]
try:
    import orjson

    codecs.append(("orjson", orjson.loads, orjson.dumps))
except ImportError:
    pass

with open(sys.argv[1], "rb") as file:
    text = file.read()
for name, decode, encode in codecs:
    start = time.perf_counter()
    tree = decode(text)
    decoded = time.perf_counter()
    length = len(encode(tree))
    end = time.perf_counter()
    print(name, len(text) / (decoded - start) / 1e6, length / (end - decoded) / 1e6)
