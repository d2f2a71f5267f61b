package main

import (
	"fmt"
	"strings"
)

// departmentChanges compares renderings: what a department adds, and what it must leave alone.
func departmentChanges(c chart, t *tally) {
	none, err := c.objects(minimal)
	if err != nil {
		t.record("departments compared", []string{err.Error()})
		return
	}
	a, errA := c.objects(set("departments[0].name=alpha"))
	b, errB := c.objects(set("departments[0].name=beta"))
	if errA != nil || errB != nil {
		t.record("departments compared", []string{fmt.Sprint(errA, errB)})
		return
	}
	t.record("two departments have no object in common", shared(none, a, b))
	t.record("two departments have no object in common, spoiled: the same twice", invert(shared(none, a, a)))
	t.record("a new department changes the lists of departments alone", changed(none, a))
	other, err := c.objects(set("http.port=9000"))
	if err != nil {
		t.record("a new department changes the lists of departments alone, spoiled", []string{err.Error()})
		return
	}
	t.record("a new department changes the lists of departments alone, spoiled: another port", invert(changed(none, other)))
	t.record("changed configuration restarts the operator", invert(same(deployment, none, other)))
	t.record("changed configuration restarts the operator, spoiled: none changed", same(deployment, none, a))
}

// invert turns a comparison that must find something into one that must not find nothing.
func invert(problems []string) []string {
	if len(problems) == 0 {
		return []string{"went unseen"}
	}
	return nil
}

// shared tells which objects two renderings have beyond a third that both may have.
func shared(base, a, b []object) []string {
	ids := map[string]bool{}
	for _, o := range a {
		if _, ok := lookup(base, o.id()); !ok {
			ids[o.id()] = true
		}
	}
	var problems []string
	if len(ids) == 0 {
		problems = append(problems, "the department added nothing")
	}
	for _, o := range b {
		if ids[o.id()] {
			problems = append(problems, o.id()+" belongs to both")
		}
	}
	return problems
}

// changed tells which objects of a rendering differ in another, the list of departments aside.
func changed(before, after []object) []string {
	var problems []string
	for _, o := range before {
		if o.id() != departmentsMap {
			problems = append(problems, same(o.id(), before, after)...)
		}
	}
	return problems
}

func same(id string, before, after []object) []string {
	later, ok := lookup(after, id)
	if !ok {
		return []string{id + " is gone"}
	}
	if fmt.Sprint(find(before, id)) != fmt.Sprint(later) {
		return []string{strings.TrimSpace(id) + " differs"}
	}
	return nil
}
