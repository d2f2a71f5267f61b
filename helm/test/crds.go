package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// crds holds the chart's CRDs to the generated ones: the copy byte by byte, the rendering in meaning.
func crds(c chart, t *tally) {
	source := filepath.Join(c.root, "..", "crds", "generated")
	copied := filepath.Join(c.dir, "files", "crds")
	t.record("the chart's CRDs are the generated ones (else run helm/sync-crds)", filesDiffer(source, copied))
	t.record("the chart's CRDs are the generated ones, spoiled: other files",
		invert(filesDiffer(source, filepath.Join(c.dir, "templates"))))

	all, err := c.objects(minimal)
	if err != nil {
		t.record("the rendered CRDs", []string{err.Error()})
		return
	}
	t.record("the rendered CRDs are the copied ones, and kept", crdsDiffer(copied, all))
	some := ofKind(all, "CustomResourceDefinition")
	if len(some) == 0 {
		t.record("the rendered CRDs, spoiled", []string{"there is none to spoil"})
		return
	}
	some[0].put("delete", "metadata", "annotations", keepPolicy)
	t.record("the rendered CRDs are the copied ones, and kept, spoiled: not kept", invert(crdsDiffer(copied, all)))
	some[0].put("keep", "metadata", "annotations", keepPolicy)
	some[0].put("Cluster", "spec", "scope")
	t.record("the rendered CRDs are the copied ones, and kept, spoiled: other scope", invert(crdsDiffer(copied, all)))

	without, err := c.objects(set("crds.install=false"))
	if err != nil {
		t.record("crds.install=false renders no CRD", []string{err.Error()})
		return
	}
	t.record("crds.install=false renders no CRD", noCRD(without))
	t.record("crds.install=false renders no CRD, spoiled: they are installed", invert(noCRD(all)))
}

func filesDiffer(source, copied string) []string {
	from, err := filepath.Glob(filepath.Join(source, "*.yaml"))
	if err != nil || len(from) == 0 {
		return []string{"no CRDs in " + filepath.Base(filepath.Dir(source)) + "/" + filepath.Base(source)}
	}
	to, _ := filepath.Glob(filepath.Join(copied, "*.yaml"))
	var problems []string
	if len(to) != len(from) {
		problems = append(problems, fmt.Sprintf("%d generated, %d copied", len(from), len(to)))
	}
	for _, path := range from {
		want, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		if got, err := os.ReadFile(filepath.Join(copied, filepath.Base(path))); err != nil || string(got) != string(want) {
			problems = append(problems, filepath.Base(path)+" differs")
		}
	}
	return problems
}

func crdsDiffer(copied string, all []object) []string {
	paths, _ := filepath.Glob(filepath.Join(copied, "*.yaml"))
	rendered := ofKind(all, "CustomResourceDefinition")
	var problems []string
	if len(paths) != 4 || len(rendered) != 4 {
		problems = append(problems, fmt.Sprintf("%d files, %d rendered, not the four kinds", len(paths), len(rendered)))
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		source, err := parse(string(text))
		if err != nil || len(source) != 1 {
			problems = append(problems, fmt.Sprintf("%s: not one object: %v", filepath.Base(path), err))
			continue
		}
		got, ok := lookup(rendered, source[0].id())
		if !ok {
			problems = append(problems, source[0].id()+" is not rendered")
			continue
		}
		if fmt.Sprint(source[0].at("spec")) != fmt.Sprint(got.at("spec")) {
			problems = append(problems, got.id()+": its spec differs")
		}
		if got.text("metadata", "annotations", keepPolicy) != "keep" {
			problems = append(problems, got.id()+" is not kept")
		}
		if !strings.HasSuffix(got.name(), ".countersign.dev") {
			problems = append(problems, got.id()+" is of another group")
		}
	}
	return problems
}

func noCRD(all []object) []string {
	if n := len(ofKind(all, "CustomResourceDefinition")); n > 0 {
		return []string{fmt.Sprintf("%d rendered", n)}
	}
	return nil
}
