package main

import "strings"

// lint runs helm's own strict check.
func lint(c chart, t *tally) {
	for name, v := range map[string]values{"minimal": minimal, "full": full} {
		args := []string{
			"lint", "--strict", c.dir, "--namespace", operatorNamespace, "--kube-version", oldestKubernetes,
		}
		out, err := c.run(append(args, v...)...)
		var problems []string
		if err != nil {
			problems = append(problems, err.Error(), out)
		}
		if strings.Contains(out, "[WARNING]") || strings.Contains(out, "[ERROR]") {
			problems = append(problems, out)
		}
		t.record("helm lint --strict, "+name, problems)
	}
	_, err := c.run("lint", "--strict", c.dir, "--set", "replicaCount=0")
	if err == nil {
		t.record("helm lint --strict, spoiled: bad values", []string{"went unseen"})
		return
	}
	t.record("helm lint --strict, spoiled: bad values", nil)
}
