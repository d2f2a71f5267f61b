package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	operatorAccount = "ServiceAccount countersign-system/countersign-operator"
	probeAccount    = "ServiceAccount countersign-system/countersign-probe"
	hookAccount     = "ServiceAccount countersign-system/countersign-uninstall"
	operatorRole    = "ClusterRole /countersign-operator"
	sandboxRole     = "Role finance-sandboxes/countersign-operator"
)

// operatorRights is all the operator may do with two departments: finance, and legal in legal-team and legal-runs.
var operatorRights = expand(
	"get,list,watch codetemplates.countersign.dev in *",
	"get,list,watch templateapprovals.countersign.dev in *",
	"get,list,watch,patch,delete executions.countersign.dev in *",
	"get,list,watch executionapprovals.countersign.dev in *",
	"patch codetemplates/status.countersign.dev in *",
	"patch templateapprovals/status.countersign.dev in *",
	"patch executions/status.countersign.dev in *",
	"patch executionapprovals/status.countersign.dev in *",
	policyRights("validating", "countersign-approvals"),
	policyRights("validating", "countersign-executions"),
	policyRights("validating", "countersign-namespaces"),
	policyRights("validating", "countersign-sandboxes"),
	policyRights("validating", "countersign-status"),
	policyRights("validating", "countersign-templates"),
	bindingRights("validating", "countersign-approvals"),
	bindingRights("validating", "countersign-executions"),
	bindingRights("validating", "countersign-namespaces"),
	bindingRights("validating", "countersign-sandboxes"),
	bindingRights("validating", "countersign-status"),
	bindingRights("validating", "countersign-templates"),
	policyRights("mutating", "countersign-identity-approvals"),
	policyRights("mutating", "countersign-identity-executions"),
	policyRights("mutating", "countersign-identity-templates"),
	bindingRights("mutating", "countersign-identity-approvals"),
	bindingRights("mutating", "countersign-identity-executions"),
	bindingRights("mutating", "countersign-identity-templates"),
	"create leases.coordination.k8s.io in countersign-system",
	"get,patch leases.coordination.k8s.io[countersign-operator] in countersign-system",
	"get,update secrets[countersign-master-keys] in countersign-system",
	"get,patch configmaps[countersign-pools] in countersign-system",
	"create serviceaccounts/token[countersign-probe] in countersign-system",
	"get,list,watch,create,delete pods in finance-sandboxes",
	"get pods/log in finance-sandboxes",
	"get,create pods/attach in finance-sandboxes",
	"get,list,watch,create,delete pods in legal-runs",
	"get pods/log in legal-runs",
	"get,create pods/attach in legal-runs",
)

func policyRights(sort, name string) string {
	return "get,list,watch " + sort + "admissionpolicies.admissionregistration.k8s.io[" + name + "] in *"
}

func bindingRights(sort, name string) string {
	return "get,list,watch " + sort + "admissionpolicybindings.admissionregistration.k8s.io[" + name + "] in *"
}

// probeRights is all that the identity may do under which the operator tries forgeries: make them, in dry runs, and
// make none of them count.
var probeRights = expand(
	"create codetemplates.countersign.dev in finance",
	"create templateapprovals.countersign.dev in finance",
	"create executions.countersign.dev in finance",
	"create executionapprovals.countersign.dev in finance",
	"create pods in finance-sandboxes",
	"create configmaps in finance-sandboxes",
	"create codetemplates.countersign.dev in legal-team",
	"create templateapprovals.countersign.dev in legal-team",
	"create executions.countersign.dev in legal-team",
	"create executionapprovals.countersign.dev in legal-team",
	"create pods in legal-runs",
	"create configmaps in legal-runs",
)

// endsFinalizers lets the hook keep admission from putting the operator's finalizer on Executions made after it.
const endsFinalizers = "delete mutatingadmissionpolicybindings.admissionregistration.k8s.io" +
	"[countersign-identity-executions] in *"

// uninstallRights is all that the hook may do that runs before the release goes.
var uninstallRights = expand(
	"get,list,patch executions.countersign.dev in *",
	endsFinalizers,
	"get deployments.apps[countersign-operator] in countersign-system",
	"get,patch deployments/scale.apps[countersign-operator] in countersign-system",
	"list pods in countersign-system",
	"list,delete pods in finance-sandboxes",
	"list,delete pods in legal-runs",
)

// roleRights is all that each role of a department gives, in the namespace it is bound in.
var roleRights = map[string][]string{
	"agent": expand(
		"get,list,watch codetemplates.countersign.dev",
		"create,get,list,watch,patch executions.countersign.dev"),
	"author": expand("get,list,watch,create,update,patch,delete,deletecollection codetemplates.countersign.dev"),
	"approver": expand(
		"get,list,watch,approve,revoke codetemplates.countersign.dev",
		"get,list,watch,create,patch,delete templateapprovals.countersign.dev",
		"get,list,watch,approve,revoke executions.countersign.dev",
		"get,list,watch,create,delete executionapprovals.countersign.dev"),
	"revoker": expand(
		"get,list,watch,revoke codetemplates.countersign.dev",
		"get,list,watch,patch,delete templateapprovals.countersign.dev",
		"get,list,watch,revoke executions.countersign.dev",
		"get,list,watch,delete executionapprovals.countersign.dev"),
	"installer": expand("administer sandboxnamespaces.countersign.dev"),
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
			name: "the probe has exactly its rights", values: twoDepartments, problems: probeHasItsRights,
			spoilt: []spoiling{
				allow("Role finance/countersign-probe", "countersign.dev", "codetemplates", "approve", "approve codetemplates"),
				allow("Role finance/countersign-probe", "countersign.dev", "executions", "patch", "patch executions"),
				drop("RoleBinding legal-runs/countersign-probe", "missing: create pods in legal-runs"),
			},
		},
		{
			name: "the uninstall hook has exactly its rights", values: twoDepartments, problems: hookHasItsRights,
			spoilt: []spoiling{
				allow("ClusterRole /countersign-uninstall", "countersign.dev", "executions", "delete", "delete executions"),
				allow("Role countersign-system/countersign-uninstall", "", "secrets", "get", "get secrets"),
				drop("RoleBinding legal-runs/countersign-uninstall", "missing: list pods in legal-runs"),
			},
		},
		{
			name: "nothing cluster-wide on pods, secrets, RBAC, nodes; only its own kinds", values: twoDepartments,
			problems: clusterWideOnlyOwnKinds,
			spoilt: []spoiling{
				allow(operatorRole, "", "pods", "list", "list pods in *"),
				allow(operatorRole, "", "secrets", "get", "get secrets in *"),
				allow(operatorRole, "", "nodes", "get", "get nodes in *"),
				allow("ClusterRole /countersign-uninstall", "", "pods", "delete", "delete pods in *"),
				allow("ClusterRole /countersign-uninstall", "admissionregistration.k8s.io", "mutatingadmissionpolicybindings",
					"delete", "delete mutatingadmissionpolicybindings"),
				allow(operatorRole, "admissionregistration.k8s.io", "validatingadmissionpolicies", "list", "list validating"),
				allow(operatorRole, "admissionregistration.k8s.io", "validatingadmissionpolicies", "patch", "patch validating"),
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
				allow("ClusterRole /countersign-approver", "countersign.dev", "templateapprovals", "update", "approver"),
				allow("ClusterRole /countersign-revoker", "countersign.dev", "codetemplates", "approve", "revoker"),
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

func probeHasItsRights(all []object) []string {
	got, err := grantsOf(all, probeAccount)
	if err != nil {
		return []string{err.Error()}
	}
	return difference(probeRights, got)
}

func hookHasItsRights(all []object) []string {
	got, err := grantsOf(all, hookAccount)
	if err != nil {
		return []string{err.Error()}
	}
	return difference(uninstallRights, got)
}

func clusterWideOnlyOwnKinds(all []object) []string {
	var problems []string
	for _, binding := range ofKind(all, "ClusterRoleBinding") {
		for _, who := range subjects(binding) {
			if who != operatorAccount && who != hookAccount {
				problems = append(problems, who+" is bound cluster-wide by "+binding.name())
			}
		}
	}
	got, err := grantsOf(all, operatorAccount)
	more, err2 := grantsOf(all, hookAccount)
	if err := errors.Join(err, err2); err != nil {
		return append(problems, err.Error())
	}
	got = append(got, more...)
	for _, g := range got {
		if strings.HasSuffix(g, " in *") && !strings.HasSuffix(g, ".countersign.dev in *") && !readsOwnPolicy(g) &&
			g != endsFinalizers {
			problems = append(problems, g)
		}
	}
	return problems
}

// readsOwnPolicy holds for the one right beyond its own kinds: to look at the chart's policies, each by its name.
func readsOwnPolicy(g string) bool {
	verb, resource, _ := strings.Cut(g, " ")
	return slices.Contains([]string{"get", "list", "watch"}, verb) && strings.Contains(resource, "admissionpolic") &&
		strings.Contains(resource, "[countersign-")
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
		"User /oncall@example.com: countersign-revoker in finance",
		"ServiceAccount finance/watchdog: countersign-revoker in finance",
		"ServiceAccount legal-agents/paralegal: countersign-agent in legal-team",
		"Group /system:serviceaccounts:legal-agents: countersign-agent in legal-team",
		"ServiceAccount flux-system/kustomize-controller: countersign-author in legal-team",
		"Group /legal-leads@example.com: countersign-approver in legal-team",
	}
	var got []string
	for _, binding := range ofKind(all, "RoleBinding") {
		for _, who := range subjects(binding) {
			if !slices.Contains([]string{operatorAccount, probeAccount, hookAccount}, who) {
				got = append(got, fmt.Sprintf("%s: %s in %s", who, binding.text("roleRef", "name"), binding.namespace()))
			}
		}
	}
	return difference(want, got)
}
