// Reads one JSON text a line, in base64; writes what encoding/json makes of it, spelt as test/support/parsers.ts says.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func spell(value any) string {
	switch v := value.(type) {
	case nil:
		return "n"
	case bool:
		if v {
			return "t"
		}
		return "f"
	case string:
		return "s" + b64(v)
	case json.Number:
		return "d" + v.String()
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			parts[i] = spell(element)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		keys := make([]string, 0, len(v))
		members := map[string]string{}
		for key, member := range v {
			keys = append(keys, "k"+b64(key))
			members["k"+b64(key)] = spell(member)
		}
		sort.Strings(keys)
		for i, key := range keys {
			keys[i] = key + ":" + members[key]
		}
		return "{" + strings.Join(keys, ",") + "}"
	}
	return "unknown"
}

func read(line string) (string, error) {
	text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	if err != nil {
		return "", err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "", err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return "", fmt.Errorf("more than one value")
	}
	return spell(value), nil
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		if spelt, err := read(line); err == nil {
			fmt.Fprintln(out, spelt)
		} else {
			fmt.Fprintln(out, "refused")
		}
	}
}
