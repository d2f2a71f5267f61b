package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
)

// readSchema parses values.schema.json.
func readSchema(c chart) (object, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, "values.schema.json"))
	if err != nil {
		return nil, err
	}
	var schema object
	return schema, json.Unmarshal(text, &schema)
}

// schemaRules hold the schema itself: it must be closed everywhere, and speak of the same keys as values.yaml.
func schemaRules(c chart, t *tally) {
	schema, err := readSchema(c)
	if err != nil {
		t.record("values.schema.json", []string{err.Error()})
		return
	}
	t.record("the schema refuses unknown keys everywhere", openObjects("", schema))
	for _, path := range [][]any{
		{"additionalProperties"},
		{"properties", "sandbox", "additionalProperties"},
		{"definitions", "department", "additionalProperties"},
		{"definitions", "stringMap", "additionalProperties"},
	} {
		spoilt, _ := readSchema(c)
		spoilt.put(true, path...)
		t.record(fmt.Sprintf("the schema refuses unknown keys everywhere, spoiled: %v", path),
			invert(openObjects("", spoilt)))
	}
	documented, err := readValues(c)
	if err != nil {
		t.record("values.yaml", []string{err.Error()})
		return
	}
	t.record("values.yaml has every key of the schema", keysAgree(schema, documented))
	t.record("values.yaml has every key of the schema, spoiled: one less",
		invert(keysAgree(schema, documented[1:])))
	t.record("every key of values.yaml is described", undescribed(documented))
	documented[0].comment = ""
	t.record("every key of values.yaml is described, spoiled: one is not", invert(undescribed(documented)))
}

// openObjects finds object schemas that let in keys they do not know. `global` is Helm's own and left open.
func openObjects(path string, node any) []string {
	if path == "/properties/global" {
		return nil
	}
	var problems []string
	if list, ok := node.([]any); ok {
		for i, inner := range list {
			problems = append(problems, openObjects(fmt.Sprintf("%s/%d", path, i), inner)...)
		}
		return problems
	}
	m, ok := asMap(node)
	if !ok {
		return nil
	}
	if m["type"] == "object" {
		switch more := m["additionalProperties"].(type) {
		case map[string]any:
			if more["type"] == nil {
				problems = append(problems, path+": keys of any type")
			}
		case bool:
			if more {
				problems = append(problems, path+": open")
			}
		default:
			problems = append(problems, path+": says nothing of unknown keys")
		}
	}
	for key, inner := range m {
		problems = append(problems, openObjects(path+"/"+key, inner)...)
	}
	return problems
}

func keysAgree(schema object, documented []value) []string {
	var want, got []string
	schemaLeaves(schema, "", schema, &want)
	for _, v := range documented {
		got = append(got, v.key)
	}
	sort.Strings(want)
	return difference(want, got)
}

// schemaLeaves lists the dotted keys of fixed objects; maps, lists and plain values are leaves.
func schemaLeaves(schema object, prefix string, node any, into *[]string) {
	node = resolve(schema, node)
	m, _ := asMap(node)
	properties, fixed := asMap(m["properties"])
	if !fixed {
		*into = append(*into, prefix)
		return
	}
	for key, inner := range properties {
		if prefix == "" && key == "global" {
			continue
		}
		path := key
		if prefix != "" {
			path = prefix + "." + key
		}
		schemaLeaves(schema, path, inner, into)
	}
}

// resolve follows a reference into the schema's definitions, bare or the first of an allOf.
func resolve(schema object, node any) any {
	m, _ := asMap(node)
	if all, ok := m["allOf"].([]any); ok {
		m, _ = asMap(all[0])
	}
	if ref, ok := m["$ref"].(string); ok {
		return resolve(schema, schema.at("definitions", ref[len("#/definitions/"):]))
	}
	return m
}

// undescribed lists keys of values.yaml without a comment above them.
func undescribed(documented []value) []string {
	var problems []string
	for _, v := range documented {
		if v.comment == "" && !slices.Contains(problems, v.key) {
			problems = append(problems, v.key+" has no comment")
		}
	}
	return problems
}
