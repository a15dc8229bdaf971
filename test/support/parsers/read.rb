# Reads one JSON text a line, in base64; writes what Ruby's json makes of it, spelt as test/support/parsers.ts says.
require "base64"
require "json"

def b64(text) = Base64.strict_encode64(text.encode("UTF-8").b)

def spell(value)
  case value
  when nil then "n"
  when true then "t"
  when false then "f"
  when String then "s" + b64(value)
  when Integer then "d#{value}"
  when Float then "d" + format("%.17g", value)
  when Array then "[" + value.map { |element| spell(element) }.join(",") + "]"
  else "{" + value.map { |key, member| ["k" + b64(key), spell(member)] }.sort.map { |pair| pair.join(":") }.join(",") + "}"
  end
end

$stdin.each_line do |line|
  puts spell(JSON.parse(Base64.decode64(line).force_encoding("UTF-8")))
rescue StandardError
  puts "refused"
end
