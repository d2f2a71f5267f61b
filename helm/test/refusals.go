package main

import (
	"fmt"
	"strings"
)

// refused is a set of values the chart must not render, and what the message must contain: the key, and why.
type refused struct {
	name   string
	values values
	says   []string
}

// refusedValues: each row spoils values that render (no departments, or values/two-departments.yaml).
var refusedValues = []refused{
	// By the schema.
	{"unknown key", set("replicas=2"), []string{"additional properties", "'replicas'"}},
	{"unknown key, deep", set("sandbox.images.Ruby=x"), []string{"/sandbox/images", "'Ruby'"}},
	{"no replicas", set("replicaCount=0"), []string{"/replicaCount", "minimum"}},
	{"a replica count that is text", set("replicaCount=two"), []string{"/replicaCount", "want integer"}},
	{"a section removed", set("sandbox=null"), []string{"missing property", "'sandbox'"}},
	{"a digest that is none", set("image.digest=latest"), []string{"/image/digest", "pattern"}},
	{"a pull policy unknown", set("image.pullPolicy=Sometimes"), []string{"/image/pullPolicy", "one of"}},
	{"a cpu limit as number", set("sandbox.cpuLimit=1"), []string{"/sandbox/cpuLimit", "want string"}},
	{"a cpu limit in decimals", values{"--set-string", "sandbox.cpuLimit=0.5"}, []string{"/sandbox/cpuLimit", "pattern"}},
	{"an allowed image by tag", set("sandbox.allowedImages[0]=python:3"), []string{"/sandbox/allowedImages/0"}},
	{"no memory class", values{"--set-json", "sandbox.memoryClasses=[]"}, []string{"/sandbox/memoryClasses"}},
	{"a memory class in decimals", set("sandbox.memoryClasses[0]=64M"), []string{"/sandbox/memoryClasses/0", "pattern"}},
	{"no runtime class", set("sandbox.runtimeClassName="), []string{"/sandbox/runtimeClassName"}},
	{"a wall time above the API's", set("sandbox.maxWallTimeSeconds=7200"),
		[]string{"/sandbox/maxWallTimeSeconds", "maximum"}},
	{"a privileged port", set("http.port=80"), []string{"/http/port", "minimum"}},
	{"a relative audit directory", set("audit.directory=audit"), []string{"/audit/directory", "pattern"}},
	{"an access mode for many nodes", set("audit.persistence.accessMode=ReadWriteMany"),
		[]string{"/audit/persistence/accessMode", "one of"}},
	{"an API server without prefix length", set("networkPolicy.apiServerCIDRs[0]=10.0.0.1"),
		[]string{"/networkPolicy/apiServerCIDRs/0", "pattern"}},
	{"a department without name", set("departments[0].namespace=a"),
		[]string{"/departments/0", "missing property", "'name'"}},
	{"a department's unknown key", set("departments[0].name=a,departments[0].admins[0].kind=User"),
		[]string{"/departments/0", "'admins'"}},
	{"a department name in capitals", set("departments[0].name=Finance"), []string{"/departments/0/name", "pattern"}},
	{"a department name too long for its namespaces", set("departments[0].name=" + strings.Repeat("a", 54)),
		[]string{"/departments/0/name", "maxLength"}},
	{"a department in kube-system", set("departments[0].name=a,departments[0].namespace=kube-system"),
		[]string{"/departments/0/namespace"}},
	{"sandboxes in default", set("departments[0].name=a,departments[0].sandboxNamespace=default"),
		[]string{"/departments/0/sandboxNamespace"}},
	{"a department named default", set("departments[0].name=default"), []string{"/departments/0/name"}},
	{"a quota unknown", set("departments[0].name=a,departments[0].quota.cpu=1"),
		[]string{"/departments/0/quota", "'cpu'"}},
	{"a ServiceAccount that approves", subject("approvers", "ServiceAccount", "bot"),
		[]string{"/departments/0/approvers/0/kind", "'User', 'Group'"}},
	{"a ServiceAccount that approves, as a user", subject("approvers", "User", "system:serviceaccount:a:bot"),
		[]string{"/departments/0/approvers/0/name"}},
	{"a machine group that approves", subject("approvers", "Group", "system:serviceaccounts"),
		[]string{"/departments/0/approvers/0/name"}},
	{"a policy's unknown key", set("departments[0].name=a,departments[0].policy.egress=none"),
		[]string{"/departments/0/policy", "'egress'"}},
	{"an autonomy unknown", set("departments[0].name=a,departments[0].policy.autonomy=Full"),
		[]string{"/departments/0/policy/autonomy", "one of"}},
	{"a cap above the API's", set("departments[0].name=a,departments[0].policy.limits.processes=513"),
		[]string{"/departments/0/policy/limits/processes", "maximum"}},
	{"a cap in decimals", set("departments[0].name=a,departments[0].policy.limits.memory=1G"),
		[]string{"/departments/0/policy/limits/memory", "pattern"}},
	{"a department's image by tag", set("departments[0].name=a,departments[0].policy.images[0]=python:3"),
		[]string{"/departments/0/policy/images/0", "pattern"}},
	{"a switch that is text", set("departments[0].name=a").and(
		values{"--set-string", "departments[0].policy.singleAdmin=true"}),
		[]string{"/departments/0/policy/singleAdmin", "want boolean"}},
	{"a department that may run nothing", set("departments[0].name=a,departments[0].policy.quotas.concurrentRuns=0"),
		[]string{"/departments/0/policy/quotas/concurrentRuns", "minimum"}},
	{"a quota below none", set("departments[0].name=a,departments[0].policy.quotas.runsPerHour=-1"),
		[]string{"/departments/0/policy/quotas/runsPerHour", "minimum"}},
	{"a mode of the guard unknown", set("guard.mode=Warn"), []string{"/guard/mode", "one of"}},
	{"a guard that is true", set("guard.mode=true"), []string{"/guard/mode", "one of"}},
	{"a mutation by chance", set("admission.mutating=sometimes"), []string{"/admission/mutating", "one of"}},
	{"a subject of no kind", subject("agents", "Robot", "bot"), []string{"/departments/0/agents/0/kind"}},
	{"a user with a namespace", subject("agents", "User", "eve").and(set("departments[0].agents[0].namespace=b")),
		[]string{"/departments/0/agents/0/kind"}},
	// By Chart.yaml.
	{"an older Kubernetes", values{"--kube-version", "1.31.9"}, []string{"requires kubeVersion", "1.31.9"}},
	// By the templates.
	{"a department twice", set("departments[0].name=a,departments[1].name=a,departments[1].namespace=b"),
		[]string{"departments[1].name", `"a" is listed twice`}},
	{"sandboxes in the department's namespace", set("departments[0].name=a,departments[0].sandboxNamespace=a"),
		[]string{"departments[0].sandboxNamespace", `already the namespace of department "a"`}},
	{"two departments in one namespace", set("departments[0].name=a,departments[1].name=b,departments[1].namespace=a"),
		[]string{"departments[1].namespace", `already the namespace of department "a"`}},
	{"a department in another's sandboxes",
		set("departments[0].name=a,departments[1].name=b,departments[1].namespace=a-sandboxes"),
		[]string{"departments[1].namespace", `already the sandboxNamespace of department "a"`}},
	{"a department in the operator's namespace",
		set("departments[0].name=a,departments[0].namespace=" + operatorNamespace),
		[]string{"departments[0].namespace", "the operator's own namespace"}},
	{"the operator as an agent", subject("agents", "ServiceAccount", "countersign-operator").and(
		set("departments[0].agents[0].namespace=" + operatorNamespace)),
		[]string{"departments[0].agents", "the operator's own account"}},
	{"standbys without election", set("replicaCount=2,leaderElection.enabled=false"), []string{"leaderElection.enabled"}},
	{"standbys on a volume for one pod", set("replicaCount=2,audit.persistence.accessMode=ReadWriteOncePod"),
		[]string{"audit.persistence.accessMode"}},
	{"a lease shorter than its renewal", set("leaderElection.leaseDurationSeconds=7"),
		[]string{"leaderElection.renewDeadlineSeconds"}},
	{"a retry longer than the renewal", set("leaderElection.retryPeriodSeconds=10"),
		[]string{"leaderElection.retryPeriodSeconds"}},
	{"killed before the grace is over", set("terminationGracePeriodSeconds=29"),
		[]string{"terminationGracePeriodSeconds", "execution.terminationGraceSeconds"}},
}

func subject(list, kind, name string) values {
	at := fmt.Sprintf("departments[0].%s[0]", list)
	return set(fmt.Sprintf("departments[0].name=a,%s.kind=%s,%s.name=%s", at, kind, at, name))
}

// acceptedValues are of the same kinds, within bounds: a chart that refuses everything would pass the table above.
var acceptedValues = []refused{
	{"a department by its name alone", set("departments[0].name=a"), nil},
	{"the longest department name", set("departments[0].name=" + strings.Repeat("a", 53)), nil},
	{"a person who approves", subject("approvers", "User", "ann@example.com"), nil},
	{"a ServiceAccount that revokes", subject("revokers", "ServiceAccount", "watchdog"), nil},
	{"a ServiceAccount that is an agent", subject("agents", "ServiceAccount", "bot"), nil},
	{"standbys", set("replicaCount=2"), nil},
	{"one replica on a volume for one pod", set("audit.persistence.accessMode=ReadWriteOncePod"), nil},
	{"one replica without election", set("leaderElection.enabled=false"), nil},
	{"just enough grace", set("terminationGracePeriodSeconds=30"), nil},
	{"an allowed image by digest", set("sandbox.allowedImages[0]=python@sha256:" + strings.Repeat("0", 64)), nil},
	{"a provider's build of Kubernetes", values{"--kube-version", "1.32.0-gke.100"}, nil},
	{"as a part of another chart", set("global.region=eu"), nil},
}

func refusals(c chart, t *tally) {
	for _, row := range refusedValues {
		t.record("refused: "+row.name, refusal(c, row))
	}
	for _, row := range acceptedValues {
		_, err := c.render(row.values)
		var problems []string
		if err != nil {
			problems = append(problems, err.Error())
		}
		t.record("accepted: "+row.name, problems)
	}
}

func refusal(c chart, row refused) []string {
	_, err := c.render(row.values)
	if err == nil {
		return []string{"was rendered"}
	}
	var problems []string
	for _, word := range row.says {
		if !strings.Contains(err.Error(), word) {
			problems = append(problems, fmt.Sprintf("the message lacks %q: %v", word, err))
		}
	}
	return problems
}
