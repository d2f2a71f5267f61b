package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// row is one request and what becomes of it. Requests are dry runs unless they keep, so no row depends on another.
type row struct {
	name         string
	as           identity
	method, path string
	contentType  string
	body         any
	// denied is the id of the rule that refuses, first of all; empty when the request passes every policy.
	denied string
	// says is for refusals by others than the policies: a part of the message.
	says string
	keep bool
	// connects: the request has no dry run, and past the policies it fails for want of a running pod.
	connects bool
	// holds is what must be in the answer, as JSON merged over it: {"spec": {...}}; lists compare whole.
	holds string
	// lacks is the path of a field, with dots, that must not be in the answer.
	lacks string
}

const (
	jsonType  = "application/json"
	mergeType = "application/merge-patch+json"
	applyType = "application/apply-patch+yaml"
)

// in is the path of a namespaced resource, of our own kinds and of those the core has.
func in(namespace, resource string, more ...string) string {
	group, ok := map[string]string{
		"pods": "/api/v1", "configmaps": "/api/v1", "resourcequotas": "/api/v1", "limitranges": "/api/v1",
		"networkpolicies": "/apis/networking.k8s.io/v1",
		"roles":           "/apis/rbac.authorization.k8s.io/v1",
		"rolebindings":    "/apis/rbac.authorization.k8s.io/v1",
	}[resource]
	if !ok {
		group = "/apis/countersign.dev/v1alpha1"
	}
	return strings.Join(append([]string{group, "namespaces", namespace, resource}, more...), "/")
}

// create is in department at-finance unless it is moved.
func create(name string, as identity, resource string, body object, denied string) row {
	return row{
		name: name, as: as, method: "POST", path: in("at-finance", resource), contentType: jsonType, body: body,
		denied: denied,
	}
}

func patch(name string, as identity, path, body, denied string) row {
	return row{
		name: name, as: as, method: "PATCH", path: path, contentType: mergeType, body: json.RawMessage(body),
		denied: denied,
	}
}

// remove says in its body that it is a dry run: next to a body, the API server does not look at the query.
func remove(name string, as identity, path, denied string) row {
	return row{
		name: name, as: as, method: "DELETE", path: path, contentType: jsonType, denied: denied,
		body: object{"dryRun": []any{"All"}},
	}
}

func replace(name string, as identity, path string, body object, denied string) row {
	return row{name: name, as: as, method: "PUT", path: path, contentType: jsonType, body: body, denied: denied}
}

// apply is server-side apply, forced, under a field manager of the sender's own.
func apply(name string, as identity, path string, body object) row {
	return row{name: name, as: as, method: "PATCH", path: path, contentType: applyType, body: body}
}

func connection(name string, as identity, subresource, denied string) row {
	return row{
		name: name, as: as, method: "GET", contentType: jsonType, denied: denied, connects: true,
		path: in("at-finance-sandboxes", "pods", "p1", subresource),
	}
}

func (r row) inNamespace(namespace string) row {
	r.path = strings.ReplaceAll(r.path, "/at-finance/", "/"+namespace+"/")
	return r
}

func (r row) kept() row {
	r.keep = true
	return r
}

func (r row) holding(part string) row {
	r.holds = part
	return r
}

func (r row) without(field string) row {
	r.lacks = field
	return r
}

func (r row) saying(part string) row {
	r.says = part
	return r
}

// problems sends the request and compares.
func (r row) problems(c *cluster) []string {
	path := r.path
	if !r.keep && !r.connects {
		path += "?dryRun=All"
	}
	if r.contentType == applyType {
		path += "&fieldManager=" + strings.NewReplacer(":", "-", "/", "-").Replace(r.as.user+r.as.account) + "&force=true"
	}
	body := r.body
	if r.method == "PUT" {
		live, err := c.must("GET", strings.TrimSuffix(r.path, "/finalize"), jsonType, nil)
		if err != nil {
			return []string{err.Error()}
		}
		version := live["metadata"].(object)["resourceVersion"]
		body = merge(body.(object), object{"metadata": object{"resourceVersion": version}})
	}
	got, err := c.send(r.as, r.method, path, r.contentType, body)
	if err != nil {
		return []string{err.Error()}
	}
	message := got.message()
	refusal := fmt.Sprintf("%d %s", got.code, message)
	switch {
	case r.says != "":
		if got.code < 400 || !strings.Contains(message, r.says) {
			return []string{fmt.Sprintf("want a refusal that says %q, got %s", r.says, refusal)}
		}
	case r.denied != "":
		if got.code != 403 || !strings.Contains(message, "denied request: ["+r.denied+"] ") {
			return []string{fmt.Sprintf("want denied by %s, got %s", r.denied, refusal)}
		}
	case r.connects:
		if got.code == 403 || strings.Contains(message, "denied request") {
			return []string{"want it past the policies, got " + refusal}
		}
	case got.code >= 300:
		return []string{"want it allowed, got " + refusal}
	}
	if r.lacks != "" && at(got.body, strings.Split(r.lacks, ".")...) != nil {
		return []string{"want an answer without " + r.lacks}
	}
	if r.holds == "" {
		return nil
	}
	return differences(got.body, r.holds)
}

// at walks an answer by keys; nil where the path ends early.
func at(body object, path ...string) any {
	var here any = body
	for _, key := range path {
		inner, _ := here.(object)
		here = inner[key]
	}
	return here
}

// differences compares what must be in an answer with what is.
func differences(body object, part string) []string {
	var want object
	if err := json.Unmarshal([]byte(part), &want); err != nil {
		return []string{err.Error()}
	}
	merged, _ := json.Marshal(merge(body, want))
	whole, _ := json.Marshal(body)
	if string(merged) != string(whole) {
		spec, _ := json.Marshal(body["spec"])
		return []string{fmt.Sprintf("want %s, got spec %s", part, spec)}
	}
	return nil
}

// merge lays one object over another; neither is changed.
func merge(base, over object) object {
	merged := maps.Clone(base)
	if merged == nil {
		merged = object{}
	}
	for key, value := range over {
		inner, ok := value.(object)
		below, _ := merged[key].(object)
		if ok {
			merged[key] = merge(below, inner)
		} else {
			merged[key] = value
		}
	}
	return merged
}

// tally counts cases and prints them as they end, and remembers which rules have refused.
type tally struct {
	passed, failed int
	refused        []string
}

func (t *tally) record(name string, problems []string) {
	if len(problems) == 0 {
		t.passed++
		fmt.Println("ok   " + name)
		return
	}
	t.failed++
	fmt.Printf("FAIL %s\n     %s\n", name, strings.Join(problems, "\n     "))
}

// silent are the rules that refused nothing.
func (t *tally) silent(ids []string) []string {
	var silent []string
	if len(ids) == 0 {
		silent = append(silent, "there are no rules")
	}
	for _, id := range ids {
		if !slices.Contains(t.refused, id) {
			silent = append(silent, id+" has refused nothing")
		}
	}
	return silent
}
