package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// value is one key of values.yaml: its dotted path, its default as flow YAML, and the comment above it.
type value struct{ key, standard, comment string }

// readValues lists the leaves of values.yaml in their order.
func readValues(c chart) ([]value, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, "values.yaml"))
	if err != nil {
		return nil, err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, err
	}
	var all []value
	collect(root.Content[0], "", &all)
	return all, nil
}

func collect(mapping *yaml.Node, prefix string, into *[]value) {
	for i := 0; i < len(mapping.Content); i += 2 {
		key, inner := mapping.Content[i], mapping.Content[i+1]
		path := prefix + key.Value
		if inner.Kind == yaml.MappingNode && len(inner.Content) > 0 {
			collect(inner, path+".", into)
			continue
		}
		*into = append(*into, value{path, flow(inner), described(key.HeadComment)})
	}
}

// described takes the paragraph right above a key, as one line.
func described(comment string) string {
	paragraphs := strings.Split(comment, "\n\n")
	var lines []string
	for _, line := range strings.Split(paragraphs[len(paragraphs)-1], "\n") {
		lines = append(lines, strings.TrimSpace(strings.TrimPrefix(line, "#")))
	}
	return strings.TrimSpace(strings.Join(lines, " "))
}

func flow(node *yaml.Node) string {
	var plain any
	if err := node.Decode(&plain); err != nil {
		panic(err)
	}
	text, err := json.Marshal(plain)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// documents holds the README's tables to what they tell of.
func documents(c chart, t *tally, update bool) {
	path := filepath.Join(c.root, "README.md")
	readme, err := os.ReadFile(path)
	if err != nil {
		t.record("README.md", []string{err.Error()})
		return
	}
	tables := map[string]func(chart) (string, error){
		"values": valuesTable, "department": definitionTable("department"), "policy": definitionTable("policy"),
		"policyLimits": definitionTable("policyLimits"), "runQuotas": definitionTable("runQuotas"), "roles": rolesTable,
		"rules": rulesTable,
	}
	for name, table := range tables {
		want, err := table(c)
		if err != nil {
			t.record("README.md: table of "+name, []string{err.Error()})
			continue
		}
		if update {
			if readme, err = replaceTable(readme, name, want); err == nil {
				err = os.WriteFile(path, readme, 0o644)
			}
			if err != nil {
				t.record("README.md: table of "+name, []string{err.Error()})
				continue
			}
		}
		t.record("README.md: table of "+name, tableDiffers(readme, name, want))
		t.record("README.md: table of "+name+", spoiled: another row",
			invert(tableDiffers(readme, name, want+"| x | y | z |\n")))
	}
}

func markers(name string) (begin, end []byte) {
	return fmt.Appendf(nil, "<!-- %s: begin, written by helm/test -->\n", name), fmt.Appendf(nil, "<!-- %s: end -->", name)
}

func replaceTable(readme []byte, name, table string) ([]byte, error) {
	begin, end := markers(name)
	head, rest, ok := bytes.Cut(readme, begin)
	if !ok {
		return readme, fmt.Errorf("no marker %q", begin)
	}
	_, tail, ok := bytes.Cut(rest, end)
	if !ok {
		return readme, fmt.Errorf("no marker %q", end)
	}
	return bytes.Join([][]byte{head, begin, []byte(table), end, tail}, nil), nil
}

func tableDiffers(readme []byte, name, want string) []string {
	begin, end := markers(name)
	_, rest, _ := bytes.Cut(readme, begin)
	got, _, ok := bytes.Cut(rest, end)
	if !ok {
		return []string{"no markers in README.md"}
	}
	return firstDifference(string(got), want)
}

func valuesTable(c chart) (string, error) {
	all, err := readValues(c)
	var out strings.Builder
	out.WriteString("| key | default | meaning |\n|---|---|---|\n")
	for _, v := range all {
		fmt.Fprintf(&out, "| `%s` | `%s` | %s |\n", v.key, v.standard, v.comment)
	}
	return out.String(), err
}

// definitionTable lists the keys of one definition of the schema, in its order.
func definitionTable(definition string) func(chart) (string, error) {
	return func(c chart) (string, error) { return keysOf(c, definition) }
}

func keysOf(c chart, definition string) (string, error) {
	text, err := os.ReadFile(filepath.Join(c.dir, "values.schema.json"))
	if err != nil {
		return "", err
	}
	// A YAML node keeps the order of the keys, which a map would lose; JSON is YAML.
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return "", err
	}
	properties := child(root.Content[0], "definitions", definition, "properties")
	var out strings.Builder
	out.WriteString("| key | meaning |\n|---|---|\n")
	for i := 0; i < len(properties.Content); i += 2 {
		meaning := child(properties.Content[i+1], "description")
		fmt.Fprintf(&out, "| `%s` | %s |\n", properties.Content[i].Value,
			strings.ReplaceAll(meaning.Value, "<name>", "`name`"))
	}
	return out.String(), nil
}

func child(node *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		next := -1
		for i := 0; i < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				next = i + 1
			}
		}
		if next < 0 {
			panic("values.schema.json: no " + key)
		}
		node = node.Content[next]
	}
	return node
}

// rolesTable is read from the rendered ClusterRoles, so that it tells what is, not what was meant.
func rolesTable(c chart) (string, error) {
	all, err := c.objects(minimal)
	if err != nil {
		return "", err
	}
	roles := []string{"agent", "author", "approver", "revoker", "auditor", "installer", "operator"}
	verbs := map[string]map[string][]string{}
	var resources []string
	for _, role := range roles {
		for _, g := range rules(find(all, "ClusterRole /countersign-"+role)) {
			resource, own := strings.CutSuffix(g.resource, ".countersign.dev")
			if !own {
				continue
			}
			if verbs[resource] == nil {
				verbs[resource] = map[string][]string{}
				resources = append(resources, resource)
			}
			if !slices.Contains(verbs[resource][role], g.verb) {
				verbs[resource][role] = append(verbs[resource][role], g.verb)
			}
		}
	}
	slices.Sort(resources)
	var out strings.Builder
	fmt.Fprintf(&out, "| | %s |\n|---|%s\n", strings.Join(roles, " | "), strings.Repeat("---|", len(roles)))
	for _, resource := range resources {
		fmt.Fprintf(&out, "| %s |", resource)
		for _, role := range roles {
			fmt.Fprintf(&out, " %s |", strings.Join(verbs[resource][role], " "))
		}
		out.WriteString("\n")
	}
	return out.String(), nil
}

// rulesTable lists the validating policies' rules by id, as they are rendered, with what they tell whom they refuse.
func rulesTable(c chart) (string, error) {
	all, err := c.objects(minimal)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteString("| policy | rule | what it says |\n|---|---|---|\n")
	for _, policy := range ofKind(all, "ValidatingAdmissionPolicy") {
		for i, id := range messageIDs(policy) {
			message := policy.text("spec", "validations", i, "message")
			fmt.Fprintf(&out, "| `%s` | `%s` | %s |\n", policy.name(), id, strings.TrimPrefix(message, "["+id+"] "))
		}
	}
	return out.String(), nil
}
