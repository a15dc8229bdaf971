# Reads one JSON text a line, in base64; writes what jq makes of it, spelt as test/support/parsers.ts says.
def spell:
  if type == "null" then "n"
  elif type == "boolean" then (if . then "t" else "f" end)
  elif type == "string" then "s" + @base64
  elif type == "number" then "d" + tojson
  elif type == "array" then "[" + (map(spell) | join(",")) + "]"
  else "{" + (to_entries | map({key: ("k" + (.key | @base64)), value: (.value | spell)}) | sort_by(.key) | map(.key + ":" + .value) | join(",")) + "}"
  end;
try (@base64d | fromjson | spell) catch "refused"
