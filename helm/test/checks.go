package main

import (
	"fmt"
	"strings"
)

// check is a promise about a rendering, and renderings spoiled on purpose that must break it.
type check struct {
	name   string
	values values
	// problems is empty when the promise holds.
	problems func([]object) []string
	spoilt   []spoiling
}

// spoiling breaks a promise; the check must then say so, in words that contain says.
type spoiling struct {
	name  string
	spoil func([]object) []object
	says  string
}

// change spoils one object, found by its id.
func change(name, id, says string, edit func(object)) spoiling {
	return spoiling{name, func(all []object) []object {
		edit(find(all, id))
		return all
	}, says}
}

// put spoils one value of one object.
func put(id string, value any, says string, path ...any) spoiling {
	name := fmt.Sprintf("%s %v = %q", id, path, fmt.Sprint(value))
	return change(name, id, says, func(o object) { o.put(value, path...) })
}

// add spoils by one more manifest.
func add(name, manifest, says string) spoiling {
	return spoiling{name, func(all []object) []object {
		more, err := parse(manifest)
		if err != nil {
			panic(err)
		}
		return append(all, more...)
	}, says}
}

// drop spoils by leaving one object out.
func drop(id, says string) spoiling {
	return spoiling{"without " + id, func(all []object) []object {
		find(all, id)
		var rest []object
		for _, o := range all {
			if o.id() != id {
				rest = append(rest, o)
			}
		}
		return rest
	}, says}
}

// allow spoils a role by one more rule.
func allow(id, group, resource, verb, says string) spoiling {
	return change(fmt.Sprintf("%s may %s %s", id, verb, resource), id, says, func(o object) {
		rule := map[string]any{
			"apiGroups": []any{group}, "resources": []any{resource}, "verbs": []any{verb},
		}
		o.put(append(o.list("rules"), rule), "rules")
	})
}

func checks(c chart, t *tally) {
	var all []check
	all = append(all, rightsChecks()...)
	all = append(all, isolationChecks()...)
	all = append(all, operatorChecks()...)
	all = append(all, configChecks()...)
	all = append(all, admissionChecks()...)
	for _, k := range all {
		run(c, t, k)
	}
	departmentChanges(c, t)
	mutationSwitch(c, t)
	policyFiles(c, t)
}

func run(c chart, t *tally, k check) {
	text, err := c.render(k.values)
	if err != nil {
		t.record(k.name, []string{err.Error()})
		return
	}
	good, err := parse(text)
	if err != nil {
		t.record(k.name, []string{err.Error()})
		return
	}
	t.record(k.name, k.problems(good))
	if len(k.spoilt) == 0 {
		t.record(k.name+": can fail", []string{"no spoiled rendering shows it"})
	}
	for _, s := range k.spoilt {
		fresh, _ := parse(text)
		found := strings.Join(k.problems(s.spoil(fresh)), "\n")
		name := k.name + ", spoiled: " + s.name
		switch {
		case found == "":
			t.record(name, []string{"went unseen"})
		case !strings.Contains(found, s.says):
			t.record(name, []string{fmt.Sprintf("seen, but not for %q: %s", s.says, found)})
		default:
			t.record(name, nil)
		}
	}
}
