package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// goldens compares whole renderings with committed files. CRDs are left out: they are held to their source elsewhere.
func goldens(c chart, t *tally, update bool) {
	for name, v := range map[string]values{
		"minimal": set("crds.install=false"),
		"full":    full,
	} {
		path := filepath.Join("golden", name+".yaml")
		all, err := c.objects(v)
		if err != nil {
			t.record("golden "+name, []string{err.Error()})
			continue
		}
		got := normalised(all)
		if update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.record("golden "+name, []string{err.Error()})
				continue
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.record("golden "+name, []string{err.Error()})
			continue
		}
		t.record("golden "+name, firstDifference(string(want), got))
		find(all, deployment).put(9, "spec", "replicas")
		t.record("golden "+name+", spoiled: another replica count",
			invert(firstDifference(string(want), normalised(all))))
	}
}

// normalised writes objects sorted by id and keys sorted by name, so that only meaning makes a difference.
func normalised(all []object) string {
	sorted := append([]object{}, all...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].id() < sorted[j].id() })
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	for _, o := range sorted {
		if err := encoder.Encode(map[string]any(o)); err != nil {
			panic(err)
		}
	}
	return out.String()
}

func firstDifference(want, got string) []string {
	if want == got {
		return nil
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			other := "(end)"
			if i < len(b) {
				other = b[i]
			}
			return []string{fmt.Sprintf("line %d: want %q, got %q; --update accepts it", i+1, a[i], other)}
		}
	}
	return []string{fmt.Sprintf("line %d: got more: %q", len(a)+1, b[len(a)])}
}
