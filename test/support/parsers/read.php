<?php
// Reads one JSON text a line, in base64; writes what PHP makes of it, spelt as test/support/parsers.ts says.
ini_set('precision', '17');

function spell($value): string
{
    if ($value === null) {
        return 'n';
    }
    if (is_bool($value)) {
        return $value ? 't' : 'f';
    }
    if (is_string($value)) {
        return 's' . base64_encode($value);
    }
    if (is_int($value) || is_float($value)) {
        return 'd' . sprintf(is_int($value) ? '%d' : '%.17e', $value);
    }
    if (is_array($value)) {
        return '[' . implode(',', array_map('spell', $value)) . ']';
    }
    $members = [];
    foreach (get_object_vars($value) as $key => $member) {
        $members['k' . base64_encode((string) $key)] = spell($member);
    }
    ksort($members, SORT_STRING);
    $spelt = [];
    foreach ($members as $key => $member) {
        $spelt[] = "$key:$member";
    }
    return '{' . implode(',', $spelt) . '}';
}

while (($line = fgets(STDIN)) !== false) {
    try {
        echo spell(json_decode(base64_decode($line), false, 512, JSON_THROW_ON_ERROR)), "\n";
    } catch (Throwable $error) {
        echo "refused\n";
    }
}
