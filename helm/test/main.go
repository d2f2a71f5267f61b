// Command test renders the chart and holds it to its promises. Each promise is a check, and each check is shown to
// fail on renderings spoiled on purpose, so that none can pass by looking at nothing.
//
// Usage: test [--update]. With --update the golden files and the README's generated tables are written anew.
// It prints one line a case and, last, "N passed, N failed"; the exit code is 1 when any failed.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// tally counts cases and prints them as they end.
type tally struct{ passed, failed int }

func (t *tally) record(name string, problems []string) {
	if len(problems) == 0 {
		t.passed++
		fmt.Println("ok   " + name)
		return
	}
	t.failed++
	fmt.Printf("FAIL %s\n     %s\n", name, strings.Join(problems, "\n     "))
}

func main() {
	update := flag.Bool("update", false, "write golden files and README tables instead of comparing them")
	flag.Parse()
	root, err := filepath.Abs("..")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	chart := newChart(root)
	var t tally
	lint(chart, &t)
	goldens(chart, &t, *update)
	checks(chart, &t)
	refusals(chart, &t)
	schemaRules(chart, &t)
	crds(chart, &t)
	documents(chart, &t, *update)
	fmt.Printf("%d passed, %d failed\n", t.passed, t.failed)
	if t.failed > 0 {
		os.Exit(1)
	}
}
