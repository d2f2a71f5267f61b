package main

import (
	"fmt"
	"slices"
	"strings"
)

const keepPolicy = "helm.sh/resource-policy"

func isolationChecks() []check {
	return []check{
		{
			name: "each sandbox namespace denies both ways", values: twoDepartments, problems: sandboxesDenyAll,
			spoilt: []spoiling{
				drop("NetworkPolicy legal-runs/countersign-deny-all", "legal-runs: no policy denies Ingress"),
				put("NetworkPolicy finance-sandboxes/countersign-deny-all", []any{"Ingress"}, "no policy denies Egress",
					"spec", "policyTypes"),
				put("NetworkPolicy finance-sandboxes/countersign-deny-all", []any{map[string]any{}}, "allows",
					"spec", "egress"),
				put("NetworkPolicy finance-sandboxes/countersign-deny-all",
					map[string]any{"matchLabels": map[string]any{"a": "b"}}, "no policy denies", "spec", "podSelector"),
				add("a policy that lets in", `{kind: NetworkPolicy, metadata: {name: more, namespace: legal-runs}, `+
					`spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{}]}}`, "allows"),
			},
		},
		{
			name: "each sandbox namespace enforces Pod Security restricted", values: twoDepartments,
			problems: sandboxesAreRestricted,
			spoilt: []spoiling{
				put("Namespace /finance-sandboxes", "baseline", "enforce", "metadata", "labels",
					"pod-security.kubernetes.io/enforce"),
				put("Namespace /legal-runs", nil, "warn", "metadata", "labels", "pod-security.kubernetes.io/warn"),
				put("Namespace /legal-runs", "v1.25", "audit-version", "metadata", "labels",
					"pod-security.kubernetes.io/audit-version"),
				put("Namespace /legal-runs", "finance", "2 departments", "metadata", "labels",
					"countersign.dev/sandboxes-of"),
			},
		},
		{
			name: "each sandbox namespace is bounded, by its own numbers or the defaults", values: twoDepartments,
			problems: sandboxesAreBounded,
			spoilt: []spoiling{
				put("ResourceQuota legal-runs/countersign-sandboxes", "50", "pods", "spec", "hard", "pods"),
				put("ResourceQuota finance-sandboxes/countersign-sandboxes", nil, "requests.memory", "spec", "hard",
					"requests.memory"),
				put("ResourceQuota finance-sandboxes/countersign-sandboxes", "1", "count/services", "spec", "hard",
					"count/services"),
				put("LimitRange finance-sandboxes/countersign-sandboxes", []any{}, "largest", "spec", "limits"),
				drop("LimitRange legal-runs/countersign-sandboxes", "not rendered"),
			},
		},
		{
			name: "what must outlive the release is kept", values: twoDepartments, problems: lastingIsKept,
			spoilt: []spoiling{
				put("Namespace /finance", map[string]any{}, "Namespace /finance", "metadata", "annotations"),
				put("NetworkPolicy legal-runs/countersign-deny-all", map[string]any{}, "NetworkPolicy", "metadata",
					"annotations"),
				put("Secret countersign-system/countersign-master-keys", "delete", "Secret", "metadata", "annotations",
					keepPolicy),
				drop("PersistentVolumeClaim countersign-system/countersign-audit", "no PersistentVolumeClaim"),
				put("Role finance/countersign-probe", map[string]any{keepPolicy: "keep"}, "rights must go", "metadata",
					"annotations"),
			},
		},
		{
			name: "every object stands once, and says its namespace", values: full, problems: identitiesAreWhole,
			spoilt: []spoiling{
				add("a twin", "{apiVersion: v1, kind: Namespace, metadata: {name: finance}}", "twice"),
				put("Service countersign-system/countersign-operator", nil, "no namespace", "metadata", "namespace"),
			},
		},
		{
			name: "a namespace that exists is not made", values: twoDepartments, problems: existingIsLeftAlone,
			spoilt: []spoiling{
				add("it is made", "{apiVersion: v1, kind: Namespace, metadata: {name: legal-team}}", "legal-team"),
				drop("Namespace /finance", "finance"),
			},
		},
	}
}

// sandboxNamespaces of values/two-departments.yaml, by department.
var sandboxNamespaces = map[string]string{"finance": "finance-sandboxes", "legal": "legal-runs"}

func sandboxesDenyAll(all []object) []string {
	var problems []string
	for _, namespace := range sandboxNamespaces {
		denied := map[string]bool{}
		for _, policy := range ofKind(all, "NetworkPolicy") {
			if policy.namespace() != namespace {
				continue
			}
			if len(policy.list("spec", "ingress"))+len(policy.list("spec", "egress")) > 0 {
				problems = append(problems, policy.id()+" allows something")
			}
			if selector, ok := asMap(policy.at("spec", "podSelector")); ok && len(selector) == 0 {
				for _, way := range texts(policy.list("spec", "policyTypes")) {
					denied[way] = true
				}
			}
		}
		for _, way := range []string{"Ingress", "Egress"} {
			if !denied[way] {
				problems = append(problems, namespace+": no policy denies "+way)
			}
		}
	}
	return problems
}

func sandboxesAreRestricted(all []object) []string {
	found := map[string]string{}
	var problems []string
	for _, namespace := range ofKind(all, "Namespace") {
		department := namespace.text("metadata", "labels", "countersign.dev/sandboxes-of")
		if department == "" {
			continue
		}
		found[department] = namespace.name()
		for _, mode := range []string{"enforce", "audit", "warn"} {
			for label, want := range map[string]string{mode: "restricted", mode + "-version": "latest"} {
				key := "pod-security.kubernetes.io/" + label
				if got := namespace.text("metadata", "labels", key); got != want {
					problems = append(problems, fmt.Sprintf("%s: %s is %q", namespace.id(), key, got))
				}
			}
		}
	}
	if fmt.Sprint(found) != fmt.Sprint(sandboxNamespaces) {
		problems = append(problems, fmt.Sprintf("sandbox namespaces of the 2 departments: %v", found))
	}
	return problems
}

func sandboxesAreBounded(all []object) []string {
	var problems []string
	compare := func(o object, want string, path ...any) {
		if got := fmt.Sprint(o.at(path...)); got != want {
			problems = append(problems, fmt.Sprintf("%s: %v is %s, not %s", o.id(), path, got, want))
		}
	}
	bounds := map[string][]string{
		"finance-sandboxes": {"50", "16Gi", "16Gi", "5168Mi", "1"},
		"legal-runs":        {"5", "2Gi", "2Gi", "512Mi", "500m"},
	}
	for namespace, want := range bounds {
		quota, ok := lookup(all, "ResourceQuota "+namespace+"/countersign-sandboxes")
		limits, also := lookup(all, "LimitRange "+namespace+"/countersign-sandboxes")
		if !ok || !also {
			problems = append(problems, namespace+": quota or limits not rendered")
			continue
		}
		for i, key := range []string{"pods", "requests.memory", "limits.memory"} {
			compare(quota, want[i], "spec", "hard", key)
		}
		for _, kind := range []string{"services", "secrets", "persistentvolumeclaims", "deployments.apps", "jobs.batch"} {
			compare(quota, "0", "spec", "hard", "count/"+kind)
		}
		compare(limits, "Container", "spec", "limits", 0, "type")
		compare(limits, "1", "spec", "limits", 0, "maxLimitRequestRatio", "memory")
		for i, key := range []string{"memory", "cpu"} {
			if got := limits.text("spec", "limits", 0, "max", key); got != want[3+i] {
				problems = append(problems, fmt.Sprintf("%s: largest %s is %q, not %s", limits.id(), key, got, want[3+i]))
			}
		}
	}
	return problems
}

func lastingIsKept(all []object) []string {
	lasting := []string{"Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PersistentVolumeClaim", "Secret"}
	var problems []string
	for _, kind := range lasting {
		some := ofKind(all, kind)
		if len(some) == 0 {
			problems = append(problems, "no "+kind+" rendered")
		}
		for _, o := range some {
			if o.text("metadata", "annotations", keepPolicy) != "keep" {
				problems = append(problems, o.id()+" is not kept")
			}
		}
	}
	for _, o := range all {
		kept := o.text("metadata", "annotations", keepPolicy) == "keep"
		if kept && !slices.Contains(append(lasting, "CustomResourceDefinition"), o.kind()) {
			problems = append(problems, o.id()+" is kept, but rights must go with the release")
		}
	}
	return problems
}

// clusterScoped are the kinds the chart renders that have no namespace.
var clusterScoped = []string{
	"Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "RuntimeClass",
	"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy",
	"MutatingAdmissionPolicyBinding",
}

func identitiesAreWhole(all []object) []string {
	var problems []string
	seen := map[string]bool{}
	for _, o := range all {
		if seen[o.id()] {
			problems = append(problems, o.id()+" stands there twice")
		}
		seen[o.id()] = true
		if slices.Contains(clusterScoped, o.kind()) == (o.namespace() != "") {
			problems = append(problems, fmt.Sprintf("%q has no namespace, or one too many", strings.TrimSpace(o.id())))
		}
	}
	return problems
}

func existingIsLeftAlone(all []object) []string {
	var got []string
	for _, o := range ofKind(all, "Namespace") {
		got = append(got, o.name())
	}
	return difference([]string{"finance", "finance-sandboxes", "legal-runs"}, got)
}
