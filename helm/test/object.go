package main

import (
	"fmt"
	"slices"
)

// object is one rendered manifest.
type object map[string]any

// at walks maps by key and lists by index; nil where the path ends early.
func (o object) at(path ...any) any {
	var here any = map[string]any(o)
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, ok := asMap(here)
			if !ok {
				return nil
			}
			here = m[key]
		case int:
			l, ok := here.([]any)
			if !ok || key >= len(l) {
				return nil
			}
			here = l[key]
		}
	}
	return here
}

// put sets what stands at the end of a path of keys; the maps on the way must exist.
func (o object) put(value any, path ...any) {
	last := len(path) - 1
	parent, ok := asMap(o.at(path[:last]...))
	if !ok {
		panic(fmt.Sprintf("%s has no map at %v", o.id(), path[:last]))
	}
	parent[path[last].(string)] = value
}

func (o object) text(path ...any) string {
	s, _ := o.at(path...).(string)
	return s
}

func (o object) list(path ...any) []any {
	l, _ := o.at(path...).([]any)
	return l
}

func (o object) kind() string      { return o.text("kind") }
func (o object) name() string      { return o.text("metadata", "name") }
func (o object) namespace() string { return o.text("metadata", "namespace") }

// id names an object the way the API server tells objects apart.
func (o object) id() string { return o.kind() + " " + o.namespace() + "/" + o.name() }

func asMap(v any) (map[string]any, bool) {
	switch m := v.(type) {
	case map[string]any:
		return m, true
	case object:
		return m, true
	}
	return nil, false
}

func texts(l []any) []string {
	var all []string
	for _, v := range l {
		all = append(all, fmt.Sprint(v))
	}
	return all
}

func ofKind(all []object, kinds ...string) []object {
	var some []object
	for _, o := range all {
		if slices.Contains(kinds, o.kind()) {
			some = append(some, o)
		}
	}
	return some
}

// find returns the object of that id; it panics when there is none, since a check of nothing proves nothing.
func find(all []object, id string) object {
	for _, o := range all {
		if o.id() == id {
			return o
		}
	}
	panic("not rendered: " + id)
}
