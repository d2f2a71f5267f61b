package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ruleIDs are the rules of each validating policy, in the order in which they are asked: the API server reports the
// first that fails, and the operator's probes count on which one that is.
var ruleIDs = map[string][]string{
	"countersign-approvals": {
		"approver-is-caller", "approver-uid-is-caller", "approver-is-not-author", "approver-is-not-requester",
		"revoker-is-caller", "only-revocation-changes", "no-owners", "revoke-authority", "denial-needs-an-approver",
		"approve-authority", "authorship-is-known", "machines-never-approve",
	},
	"countersign-executions": {
		"requester-is-caller", "requester-uid-is-caller", "owners-stay", "cancel-is-requesters", "probe-only-tries",
	},
	"countersign-templates": {
		"author-states-self", "authors-only-grow", "authors-only-self", "machine-leaves-authors",
		"machines-do-not-author", "probe-only-tries",
	},
	"countersign-status": {"status-is-operators", "finalizer-is-operators", "no-foreign-finalizers"},
	"countersign-sandboxes": {
		"pods-are-operators", "pods-are-sandboxed", "pods-do-not-change", "pods-keep-labels", "pod-status-is-nodes",
		"binding-is-schedulers", "quota-status-is-controllers", "no-exec", "attach-is-operators",
		"bounds-are-installers",
	},
	"countersign-namespaces": {"namespace-is-installers"},
}

var mutations = []string{
	"countersign-identity-approvals", "countersign-identity-executions", "countersign-identity-templates",
}

func admissionChecks() []check {
	return []check{
		{
			name: "every rule stands, in its order, and fails closed", values: minimal, problems: rulesStand,
			spoilt: []spoiling{
				put("ValidatingAdmissionPolicy /countersign-status", "Ignore", "failurePolicy", "spec", "failurePolicy"),
				change("two rules exchanged", "ValidatingAdmissionPolicy /countersign-approvals", "order",
					func(o object) { slices.Reverse(o.list("spec", "validations")) }),
				change("a rule without id", "ValidatingAdmissionPolicy /countersign-executions", "order",
					func(o object) { o.put([]any{map[string]any{"message": "no"}}, "spec", "validations") }),
				drop("ValidatingAdmissionPolicy /countersign-sandboxes", "countersign-sandboxes is not rendered"),
				put("ValidatingAdmissionPolicyBinding /countersign-templates", []any{"Audit"}, "validationActions",
					"spec", "validationActions"),
				put("ValidatingAdmissionPolicyBinding /countersign-templates", map[string]any{}, "matchResources",
					"spec", "matchResources"),
				put("ValidatingAdmissionPolicyBinding /countersign-executions", "countersign-status", "policyName",
					"spec", "policyName"),
				put("ValidatingAdmissionPolicyBinding /countersign-approvals", map[string]any{"name": "x"}, "paramRef",
					"spec", "paramRef"),
			},
		},
		{
			name: "no placeholder is left in a policy", values: full, problems: placeholdersAreGone,
			spoilt: []spoiling{
				put("ValidatingAdmissionPolicyBinding /countersign-approvals", "OPERATOR_NAMESPACE", "OPERATOR_NAMESPACE",
					"spec", "policyName"),
			},
		},
		{
			name: "the policies know each department's switches", problems: switchesAreKnown,
			values: twoDepartments.and(set("departments[0].policy.singleAdmin=true")),
			spoilt: []spoiling{
				put("ValidatingAdmissionPolicy /countersign-approvals", "[]", "singleAdminNamespaces", "spec", "variables", 0,
					"expression"),
				put("ValidatingAdmissionPolicy /countersign-templates", "['finance']", "knownAuthorsNamespaces", "spec",
					"variables", 0, "expression"),
			},
		},
		{
			name: "names are filled in where the cluster can", values: withMutating, problems: mutationsStand,
			spoilt: []spoiling{
				drop("MutatingAdmissionPolicyBinding /countersign-identity-templates", "missing: MutatingAdmissionPolicyBinding"),
			},
		},
	}
}

// withMutating renders as for a cluster that serves mutating policies in v1.
var withMutating = values{"--api-versions", "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy"}

func rulesStand(all []object) []string {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(ruleIDs)) {
		policy, ok := lookup(all, "ValidatingAdmissionPolicy /"+name)
		binding, bound := lookup(all, "ValidatingAdmissionPolicyBinding /"+name)
		if !ok || !bound {
			problems = append(problems, name+" is not rendered, or not bound")
			continue
		}
		if got := messageIDs(policy); !slices.Equal(got, ruleIDs[name]) {
			problems = append(problems, fmt.Sprintf("%s: rules in this order: %v, not %v", name, got, ruleIDs[name]))
		}
		problems = append(problems, expectations(policy, map[string]any{"failurePolicy": "Fail", "paramKind": nil}, []any{"spec"})...)
		want := map[string]any{
			"policyName": name, "validationActions": []any{"Deny", "Audit"}, "matchResources": nil, "paramRef": nil,
		}
		problems = append(problems, expectations(binding, want, []any{"spec"})...)
	}
	return problems
}

var messageID = regexp.MustCompile(`^\[([a-z-]+)\] .+`)

// messageIDs are the ids with which a policy's messages begin; "?" for a message without.
func messageIDs(policy object) []string {
	var ids []string
	for i := range policy.list("spec", "validations") {
		found := messageID.FindStringSubmatch(policy.text("spec", "validations", i, "message"))
		if found == nil {
			found = []string{"", "?"}
		}
		ids = append(ids, found[1])
	}
	return ids
}

func placeholdersAreGone(all []object) []string {
	var problems []string
	kinds := []string{
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy",
		"MutatingAdmissionPolicyBinding",
	}
	for _, o := range ofKind(all, kinds...) {
		text, err := yaml.Marshal(map[string]any(o))
		if err != nil || strings.Contains(string(text), "OPERATOR_NAMESPACE") {
			problems = append(problems, o.id()+" says OPERATOR_NAMESPACE")
		}
	}
	return problems
}

func switchesAreKnown(all []object) []string {
	var problems []string
	for _, want := range []struct{ policy, variable, expression string }{
		{"countersign-approvals", "singleAdminNamespaces", "['finance', 'legal-team']"},
		{"countersign-approvals", "knownAuthorsNamespaces", "['legal-team']"},
		{"countersign-templates", "knownAuthorsNamespaces", "['legal-team']"},
	} {
		var found []string
		for _, each := range find(all, "ValidatingAdmissionPolicy /"+want.policy).list("spec", "variables") {
			if variable, _ := asMap(each); variable["name"] == want.variable {
				found = append(found, fmt.Sprint(variable["expression"]))
			}
		}
		if !slices.Equal(found, []string{want.expression}) {
			problems = append(problems, fmt.Sprintf("%s of %s is %q, not %s", want.variable, want.policy, found,
				want.expression))
		}
	}
	return problems
}

func mutationsStand(all []object) []string {
	var want, got []string
	for _, name := range mutations {
		want = append(want, "MutatingAdmissionPolicy /"+name, "MutatingAdmissionPolicyBinding /"+name)
	}
	for _, o := range ofKind(all, "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding") {
		got = append(got, o.id())
	}
	return difference(want, got)
}

// mutationSwitch compares what the switch renders on clusters with and without mutating policies.
func mutationSwitch(c chart, t *tally) {
	for _, row := range []struct {
		name   string
		values values
		want   bool
	}{
		{"auto, on a cluster without", minimal, false},
		{"auto, on a cluster with", withMutating, true},
		{"on", set("admission.mutating=on"), true},
		{"on, as YAML's boolean", set("admission.mutating=true"), true},
		{"off, on a cluster with", withMutating.and(set("admission.mutating=off")), false},
		{"off, as YAML's boolean", withMutating.and(set("admission.mutating=false")), false},
	} {
		name := "mutating policies: " + row.name
		all, err := c.objects(row.values)
		if err != nil {
			t.record(name, []string{err.Error()})
			continue
		}
		problems := mutationsStand(all)
		if !row.want {
			problems = nil
			for _, o := range ofKind(all, "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding") {
				problems = append(problems, o.id()+" is rendered")
			}
		}
		t.record(name, problems)
	}
}

// policyFiles holds the policies' files to what the operator expects of them: one document each, and every rendered
// policy is such a file with nothing but labels and the namespace added.
func policyFiles(c chart, t *tally) {
	paths, err := filepath.Glob(filepath.Join(c.dir, "files", "admission", "*.yaml"))
	all, renderError := c.objects(set("admission.mutating=on"))
	if err != nil || renderError != nil {
		t.record("the policies' files", []string{fmt.Sprint(err, renderError)})
		return
	}
	var problems []string
	for _, path := range paths {
		problems = append(problems, fileDiffers(path, all)...)
	}
	if len(paths) != 2*len(ruleIDs)+2*len(mutations) {
		problems = append(problems, fmt.Sprintf("%d files", len(paths)))
	}
	t.record("a rendered policy is its file, with labels and the namespace", problems)
	find(all, "ValidatingAdmissionPolicy /countersign-status").put("Ignore", "spec", "failurePolicy")
	var spoilt []string
	for _, path := range paths {
		spoilt = append(spoilt, fileDiffers(path, all)...)
	}
	t.record("a rendered policy is its file, with labels and the namespace, spoiled: another failurePolicy",
		invert(spoilt))
}

func fileDiffers(path string, all []object) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		return []string{err.Error()}
	}
	documents, err := parse(strings.ReplaceAll(string(text), "OPERATOR_NAMESPACE", operatorNamespace))
	if err != nil || len(documents) != 1 {
		return []string{fmt.Sprintf("%s: %d documents, %v", filepath.Base(path), len(documents), err)}
	}
	rendered, ok := lookup(all, documents[0].id())
	if !ok || fmt.Sprint(rendered.at("spec")) != fmt.Sprint(documents[0].at("spec")) {
		return []string{filepath.Base(path) + " is not what is rendered"}
	}
	return nil
}
