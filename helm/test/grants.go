package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// grant is one right: a verb on a resource, where it holds. Its text form is
// "verb resource.group[name] in namespace"; the namespace of a cluster-wide right is "*".
type grant struct{ verb, resource, name, namespace string }

func (g grant) String() string {
	resource := g.resource
	if g.name != "" {
		resource += "[" + g.name + "]"
	}
	return fmt.Sprintf("%s %s in %s", g.verb, resource, g.namespace)
}

// rules flattens a role's rules to grants without a namespace.
func rules(role object) []grant {
	var all []grant
	for i := range role.list("rules") {
		names := texts(role.list("rules", i, "resourceNames"))
		if len(names) == 0 {
			names = []string{""}
		}
		for _, group := range texts(role.list("rules", i, "apiGroups")) {
			for _, resource := range texts(role.list("rules", i, "resources")) {
				for _, verb := range texts(role.list("rules", i, "verbs")) {
					for _, name := range names {
						full := resource
						if group != "" {
							full += "." + group
						}
						all = append(all, grant{verb, full, name, ""})
					}
				}
			}
		}
	}
	return all
}

// subject is written "Kind namespace/name", the namespace empty for users and groups.
func subjects(binding object) []string {
	var all []string
	for i := range binding.list("subjects") {
		all = append(all, fmt.Sprintf("%s %s/%s", binding.text("subjects", i, "kind"),
			binding.text("subjects", i, "namespace"), binding.text("subjects", i, "name")))
	}
	return all
}

// grantsOf resolves every binding of a subject, sorted. A binding whose role is not rendered is an error: it would
// grant whatever stands under that name in the cluster.
func grantsOf(all []object, who string) ([]string, error) {
	var found []string
	for _, binding := range ofKind(all, "RoleBinding", "ClusterRoleBinding") {
		if !slices.Contains(subjects(binding), who) {
			continue
		}
		kind, namespace, where := binding.text("roleRef", "kind"), "", "*"
		if binding.kind() == "RoleBinding" {
			where = binding.namespace()
		}
		if kind == "Role" {
			namespace = binding.namespace()
		}
		role, ok := lookup(all, kind+" "+namespace+"/"+binding.text("roleRef", "name"))
		if !ok {
			return nil, fmt.Errorf("%s: its role is not rendered", binding.id())
		}
		for _, g := range rules(role) {
			g.namespace = where
			found = append(found, g.String())
		}
	}
	sort.Strings(found)
	return found, nil
}

func lookup(all []object, id string) (object, bool) {
	for _, o := range all {
		if o.id() == id {
			return o, true
		}
	}
	return nil, false
}

// expand writes "get,list pods in a" as one grant a verb, so that tables of expectations stay short.
func expand(lines ...string) []string {
	var all []string
	for _, line := range lines {
		verbs, rest, _ := strings.Cut(line, " ")
		for _, verb := range strings.Split(verbs, ",") {
			all = append(all, verb+" "+rest)
		}
	}
	sort.Strings(all)
	return all
}

// difference tells what one side of two sorted lists has and the other has not.
func difference(want, got []string) []string {
	var problems []string
	for _, g := range got {
		if !slices.Contains(want, g) {
			problems = append(problems, "too much: "+g)
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			problems = append(problems, "missing: "+w)
		}
	}
	return problems
}
