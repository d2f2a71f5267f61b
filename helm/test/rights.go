package main

import (
	"fmt"
	"slices"
	"strings"
)

const (
	operatorAccount = "ServiceAccount countersign-system/countersign-operator"
	operatorRole    = "ClusterRole /countersign-operator"
	sandboxRole     = "Role finance-sandboxes/countersign-operator"
)

// operatorRights is all the operator may do with two departments: finance, and legal in legal-team and legal-runs.
var operatorRights = expand(
	"get,list,watch codetemplates.countersign.dev in *",
	"get,list,watch templateapprovals.countersign.dev in *",
	"get,list,watch,update,patch,delete executions.countersign.dev in *",
	"get,list,watch executionapprovals.countersign.dev in *",
	"update,patch codetemplates/status.countersign.dev in *",
	"update,patch templateapprovals/status.countersign.dev in *",
	"update,patch executions/status.countersign.dev in *",
	"update,patch executionapprovals/status.countersign.dev in *",
	"update executions/finalizers.countersign.dev in *",
	"create leases.coordination.k8s.io in countersign-system",
	"get,update,patch leases.coordination.k8s.io[countersign-operator] in countersign-system",
	"get,update,patch secrets[countersign-master-keys] in countersign-system",
	"get configmaps[countersign-config] in countersign-system",
	"get configmaps[countersign-departments] in countersign-system",
	"create,patch events in countersign-system",
	"create,patch events.events.k8s.io in countersign-system",
	"create,patch events in finance",
	"create,patch events.events.k8s.io in finance",
	"get,list,watch,create,delete pods in finance-sandboxes",
	"get pods/log in finance-sandboxes",
	"get,create pods/attach in finance-sandboxes",
	"create,patch events in legal-team",
	"create,patch events.events.k8s.io in legal-team",
	"get,list,watch,create,delete pods in legal-runs",
	"get pods/log in legal-runs",
	"get,create pods/attach in legal-runs",
)

// roleRights is all that each role of a department gives, in the namespace it is bound in.
var roleRights = map[string][]string{
	"agent": expand(
		"get,list,watch codetemplates.countersign.dev",
		"create,get,list,watch,patch executions.countersign.dev"),
	"author": expand("get,list,watch,create,update,patch,delete,deletecollection codetemplates.countersign.dev"),
	"approver": expand(
		"get,list,watch,approve,revoke codetemplates.countersign.dev",
		"get,list,watch,create,patch templateapprovals.countersign.dev",
		"get,list,watch,approve,revoke executions.countersign.dev",
		"get,list,watch,create executionapprovals.countersign.dev"),
	"auditor": expand(
		"get,list,watch codetemplates.countersign.dev",
		"get,list,watch templateapprovals.countersign.dev",
		"get,list,watch executions.countersign.dev",
		"get,list,watch executionapprovals.countersign.dev"),
}

func rightsChecks() []check {
	return []check{
		{
			name: "the operator has exactly its rights", values: twoDepartments, problems: operatorHasItsRights,
			spoilt: []spoiling{
				allow(sandboxRole, "", "pods", "patch", "too much: patch pods in finance-sandboxes"),
				allow(sandboxRole, "", "pods/exec", "create", "too much: create pods/exec in finance-sandboxes"),
				allow(operatorRole, "countersign.dev", "templateapprovals", "create", "create templateapprovals"),
				drop("RoleBinding legal-runs/countersign-operator", "missing: create pods in legal-runs"),
				drop(sandboxRole, "its role is not rendered"),
			},
		},
		{
			name: "nothing cluster-wide on pods, secrets, RBAC, nodes; only its own kinds", values: twoDepartments,
			problems: clusterWideOnlyOwnKinds,
			spoilt: []spoiling{
				allow(operatorRole, "", "pods", "list", "list pods in *"),
				allow(operatorRole, "", "secrets", "get", "get secrets in *"),
				allow(operatorRole, "", "nodes", "get", "get nodes in *"),
				allow(operatorRole, "rbac.authorization.k8s.io", "roles", "bind", "bind roles"),
				add("a second cluster-wide binding", `{kind: ClusterRoleBinding, metadata: {name: more}, roleRef: {kind: `+
					`ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, namespace: countersign-system, `+
					`name: countersign-operator}]}`, "not rendered"),
				add("an agent bound cluster-wide", `{kind: ClusterRoleBinding, metadata: {name: more}, roleRef: {kind: `+
					`ClusterRole, name: countersign-agent}, subjects: [{kind: User, name: eve}]}`, "bound cluster-wide"),
			},
		},
		{
			name: "the operator neither approves nor revokes", values: twoDepartments, problems: operatorDecidesNothing,
			spoilt: []spoiling{
				allow(operatorRole, "countersign.dev", "codetemplates", "approve", "approve codetemplates"),
				allow(operatorRole, "countersign.dev", "executions", "revoke", "revoke executions"),
				add("the operator as an approver", `{kind: RoleBinding, metadata: {name: more, namespace: finance}, `+
					`roleRef: {kind: ClusterRole, name: countersign-approver}, subjects: [{kind: ServiceAccount, `+
					`namespace: countersign-system, name: countersign-operator}]}`, "approve executions"),
			},
		},
		{
			name: "no wildcard in any role", values: full, problems: noWildcards,
			spoilt: []spoiling{
				allow(operatorRole, "countersign.dev", "executions", "*", "verbs"),
				allow("ClusterRole /countersign-author", "countersign.dev", "*", "get", "resources"),
				allow(sandboxRole, "*", "pods", "get", "apiGroups"),
			},
		},
		{
			name: "no role is aggregated into another", values: full, problems: noAggregation,
			spoilt: []spoiling{
				put("ClusterRole /countersign-agent", map[string]any{
					"rbac.authorization.k8s.io/aggregate-to-edit": "true"}, "aggregate-to-edit", "metadata", "labels"),
				put("ClusterRole /countersign-agent", map[string]any{}, "aggregationRule", "aggregationRule"),
			},
		},
		{
			name: "each role of a department has exactly its rights", values: twoDepartments, problems: rolesHaveTheirRights,
			spoilt: []spoiling{
				allow("ClusterRole /countersign-author", "countersign.dev", "templateapprovals", "create", "author"),
				allow("ClusterRole /countersign-auditor", "countersign.dev", "executions", "patch", "auditor"),
				allow("ClusterRole /countersign-approver", "countersign.dev", "templateapprovals", "delete", "approver"),
				change("the approver may do nothing", "ClusterRole /countersign-approver", "missing: approve",
					func(o object) { o.put([]any{}, "rules") }),
			},
		},
		{
			name: "an agent has nothing on approvals, status or pods", values: twoDepartments, problems: agentIsKeptOut,
			spoilt: []spoiling{
				allow("ClusterRole /countersign-agent", "countersign.dev", "executionapprovals", "create", "approvals"),
				allow("ClusterRole /countersign-agent", "countersign.dev", "executions/status", "patch", "status"),
				allow("ClusterRole /countersign-agent", "", "pods", "get", "pods"),
				add("the agent as an approver too", `{kind: RoleBinding, metadata: {name: more, namespace: finance}, `+
					`roleRef: {kind: ClusterRole, name: countersign-approver}, subjects: [{kind: ServiceAccount, `+
					`namespace: finance, name: reporting-agent}]}`, "approvals"),
			},
		},
		{
			name: "each list of subjects holds its role in its department alone", values: twoDepartments,
			problems: subjectsAreBound,
			spoilt: []spoiling{
				put("RoleBinding finance/countersign-agent", "legal-team", "legal-team", "metadata", "namespace"),
				put("RoleBinding finance/countersign-author", "countersign-approver", "approver", "roleRef", "name"),
				drop("RoleBinding legal-team/countersign-approver", "missing: Group /legal-leads@example.com"),
			},
		},
	}
}

func operatorHasItsRights(all []object) []string {
	got, err := grantsOf(all, operatorAccount)
	if err != nil {
		return []string{err.Error()}
	}
	return difference(operatorRights, got)
}

func clusterWideOnlyOwnKinds(all []object) []string {
	var problems []string
	for _, binding := range ofKind(all, "ClusterRoleBinding") {
		for _, who := range subjects(binding) {
			if who != operatorAccount {
				problems = append(problems, who+" is bound cluster-wide by "+binding.name())
			}
		}
	}
	got, err := grantsOf(all, operatorAccount)
	if err != nil {
		return append(problems, err.Error())
	}
	for _, g := range got {
		if strings.HasSuffix(g, " in *") && !strings.HasSuffix(g, ".countersign.dev in *") {
			problems = append(problems, g)
		}
	}
	return problems
}

func operatorDecidesNothing(all []object) []string {
	got, err := grantsOf(all, operatorAccount)
	if err != nil {
		return []string{err.Error()}
	}
	return slices.DeleteFunc(got, func(g string) bool {
		return !strings.HasPrefix(g, "approve ") && !strings.HasPrefix(g, "revoke ") &&
			!strings.HasPrefix(g, "create templateapprovals") && !strings.HasPrefix(g, "create executionapprovals")
	})
}

func noWildcards(all []object) []string {
	var problems []string
	for _, role := range ofKind(all, "Role", "ClusterRole") {
		for i := range role.list("rules") {
			for _, field := range []string{"apiGroups", "resources", "verbs", "resourceNames"} {
				for _, value := range texts(role.list("rules", i, field)) {
					if strings.Contains(value, "*") {
						problems = append(problems, fmt.Sprintf("%s: rule %d: %s has %q", role.id(), i, field, value))
					}
				}
			}
			if role.at("rules", i, "nonResourceURLs") != nil {
				problems = append(problems, role.id()+": nonResourceURLs")
			}
		}
	}
	return problems
}

func noAggregation(all []object) []string {
	var problems []string
	for _, role := range ofKind(all, "ClusterRole") {
		labels, _ := asMap(role.at("metadata", "labels"))
		for label := range labels {
			if strings.Contains(label, "aggregate-to-") {
				problems = append(problems, role.id()+": "+label)
			}
		}
		if role.at("aggregationRule") != nil {
			problems = append(problems, role.id()+": aggregationRule")
		}
	}
	return problems
}

func rolesHaveTheirRights(all []object) []string {
	var problems []string
	for role, want := range roleRights {
		var got []string
		for _, g := range rules(find(all, "ClusterRole /countersign-"+role)) {
			got = append(got, strings.TrimSuffix(g.String(), " in "))
		}
		for _, p := range difference(want, got) {
			problems = append(problems, role+": "+p)
		}
	}
	return problems
}

func agentIsKeptOut(all []object) []string {
	var problems []string
	for _, agent := range []string{"ServiceAccount finance/reporting-agent", "ServiceAccount legal-agents/paralegal"} {
		got, err := grantsOf(all, agent)
		if err != nil {
			return []string{err.Error()}
		}
		if len(got) == 0 {
			problems = append(problems, agent+" has no rights at all")
		}
		for _, g := range got {
			for _, forbidden := range []string{"approvals.", "/status", "pods", "secrets"} {
				if strings.Contains(g, forbidden) {
					problems = append(problems, agent+": "+g)
				}
			}
		}
	}
	return problems
}

func subjectsAreBound(all []object) []string {
	want := []string{
		"ServiceAccount finance/reporting-agent: countersign-agent in finance",
		"User /ann@example.com: countersign-author in finance",
		"User /bob@example.com: countersign-approver in finance",
		"Group /audit@example.com: countersign-auditor in finance",
		"ServiceAccount legal-agents/paralegal: countersign-agent in legal-team",
		"Group /system:serviceaccounts:legal-agents: countersign-agent in legal-team",
		"ServiceAccount flux-system/kustomize-controller: countersign-author in legal-team",
		"Group /legal-leads@example.com: countersign-approver in legal-team",
	}
	var got []string
	for _, binding := range ofKind(all, "RoleBinding") {
		for _, who := range subjects(binding) {
			if who != operatorAccount {
				got = append(got, fmt.Sprintf("%s: %s in %s", who, binding.text("roleRef", "name"), binding.namespace()))
			}
		}
	}
	return difference(want, got)
}
