# Reads one JSON text a line, in base64; writes what Python's json makes of it, spelt as test/support/parsers.ts says.
import base64
import json
import sys


def b64(text):
    return base64.b64encode(text.encode("utf-8")).decode()


def spell(value):
    if value is None:
        return "n"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, str):
        return "s" + b64(value)
    if isinstance(value, (int, float)):
        return "d" + repr(float(value))
    if isinstance(value, list):
        return "[" + ",".join(map(spell, value)) + "]"
    return "{" + ",".join(key + ":" + spell(member) for key, member in sorted(("k" + b64(k), m) for k, m in value.items())) + "}"


for line in sys.stdin:
    try:
        print(spell(json.loads(base64.b64decode(line))))
    except Exception:
        print("refused")
