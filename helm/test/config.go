package main

import (
	"fmt"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	configMap      = "ConfigMap countersign-system/countersign-config"
	departmentsMap = "ConfigMap countersign-system/countersign-departments"
)

// configKeys are all the keys of the operator's configuration file that the chart writes. The operator refuses others.
var configKeys = []string{
	"audit.directory",
	"execution.maxConcurrent", "execution.terminationGraceSeconds",
	"guard.mode",
	"http.port",
	"keys.secretName",
	"leaderElection.enabled", "leaderElection.leaseDurationSeconds", "leaderElection.leaseName",
	"leaderElection.renewDeadlineSeconds", "leaderElection.retryPeriodSeconds",
	"operator.namespace",
	"sandbox.allowedImages", "sandbox.cpuLimit", "sandbox.cpuRequest", "sandbox.diskClasses", "sandbox.idleLifeSeconds",
	"sandbox.imagePullPolicy", "sandbox.images.Bash", "sandbox.images.JavaScript", "sandbox.images.Python",
	"sandbox.maxWallTimeSeconds", "sandbox.memoryClasses", "sandbox.pool.departmentMemory", "sandbox.pool.enabled",
	"sandbox.pool.overheadMemory", "sandbox.pool.startsAtOnce", "sandbox.pool.totalMemory", "sandbox.runtimeClassName",
	"sandbox.startTimeoutSeconds",
}

func configChecks() []check {
	return []check{
		{
			name: "the configuration file has exactly the operator's keys", values: minimal, problems: configIsWhole,
			spoilt: []spoiling{
				put(configMap, "http: {port: 8080, host: any}", "too much: http.host", "data", "config.yaml"),
				put(configMap, "http: {}", "missing: http.port", "data", "config.yaml"),
			},
		},
		{
			name: "the configuration file carries the values, numbers as numbers", values: full, problems: configCarries,
			spoilt: []spoiling{
				put(configMap, "execution: {maxConcurrent: '1000'}", "execution.maxConcurrent", "data", "config.yaml"),
				put(configMap, "sandbox: {cpuLimit: 1}", "sandbox.cpuLimit", "data", "config.yaml"),
			},
		},
		{
			name: "the departments' file lists name, both namespaces and the policy as it was given", values: twoDepartments,
			problems: departmentsAreListed,
			spoilt: []spoiling{
				put(departmentsMap, "version: 2\ndepartments: []", "version", "data", "departments.yaml"),
				put(departmentsMap, "version: 1\ndepartments: []", "legal-runs", "data", "departments.yaml"),
			},
		},
		{
			name: "the largest default sandbox fits the default limits of its namespace", values: twoDepartments,
			problems: largestSandboxFits,
			spoilt: []spoiling{
				put("LimitRange finance-sandboxes/countersign-sandboxes", []any{
					map[string]any{"max": map[string]any{"memory": "5Gi", "cpu": "1"}}}, "5168Mi", "spec", "limits"),
				put("LimitRange finance-sandboxes/countersign-sandboxes", []any{
					map[string]any{"max": map[string]any{"memory": "8Gi", "cpu": "500m"}}}, "cpu", "spec", "limits"),
			},
		},
		{
			name: "without departments their file has an empty list", values: minimal, problems: departmentsAreEmpty,
			spoilt: []spoiling{
				put(departmentsMap, "version: 1", "departments", "data", "departments.yaml"),
			},
		},
		{
			name: "both files are mounted where the operator reads them, and can change live", values: minimal,
			problems: filesAreMounted,
			spoilt: []spoiling{
				put(deployment, []any{}, "/etc/countersign", container("volumeMounts")...),
				change("mounted by subPath", deployment, "subPath", func(o object) {
					o.put("config.yaml", container("volumeMounts", 0, "subPath")...)
				}),
				change("departments elsewhere", deployment, "departments/departments.yaml", func(o object) {
					o.put("d.yaml", pod("volumes", 0, "projected", "sources", 1, "configMap", "items", 0, "path")...)
				}),
			},
		},
	}
}

func document(o object, key string) object {
	var parsed object
	if err := yaml.Unmarshal([]byte(o.text("data", key)), &parsed); err != nil {
		panic(err)
	}
	return parsed
}

// leaves flattens maps to dotted paths; lists are leaves.
func leaves(prefix string, value any, into map[string]any) {
	m, ok := asMap(value)
	if !ok {
		into[prefix] = value
		return
	}
	for key, inner := range m {
		leaves(strings.TrimPrefix(prefix+"."+key, "."), inner, into)
	}
}

func configIsWhole(all []object) []string {
	flat := map[string]any{}
	leaves("", map[string]any(document(find(all, configMap), "config.yaml")), flat)
	var got []string
	for key := range flat {
		got = append(got, key)
	}
	sort.Strings(got)
	return difference(configKeys, got)
}

func configCarries(all []object) []string {
	flat := map[string]any{}
	leaves("", map[string]any(document(find(all, configMap), "config.yaml")), flat)
	want := map[string]any{
		"audit.directory": "/data/audit", "execution.maxConcurrent": 1000, "execution.terminationGraceSeconds": 90,
		"guard.mode": "Off", "http.port": 9090, "keys.secretName": "countersign-keys-of-production", "leaderElection.enabled": true,
		"leaderElection.leaseDurationSeconds": 15, "leaderElection.leaseName": "countersign-operator",
		"operator.namespace": operatorNamespace, "sandbox.runtimeClassName": "gvisor", "sandbox.cpuLimit": "500m",
		"sandbox.imagePullPolicy": "Never", "sandbox.images.Bash": "mirror.example.com:5000/bash:5",
		"sandbox.pool.enabled": false, "sandbox.pool.departmentMemory": "1Gi", "sandbox.pool.startsAtOnce": 4,
		"sandbox.maxWallTimeSeconds": 600, "sandbox.memoryClasses": []any{"128Mi", "1Gi"},
	}
	var problems []string
	for key, value := range want {
		if got := flat[key]; fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", value, value) {
			problems = append(problems, fmt.Sprintf("%s is %T %v, not %T %v", key, got, got, value, value))
		}
	}
	return problems
}

func departmentsAreListed(all []object) []string {
	return expectations(document(find(all, departmentsMap), "departments.yaml"), map[string]any{
		"version": 1,
		"departments": []any{
			map[string]any{"name": "finance", "namespace": "finance", "sandboxNamespace": "finance-sandboxes"},
			map[string]any{
				"name": "legal", "namespace": "legal-team", "sandboxNamespace": "legal-runs",
				"policy": map[string]any{
					"autonomy": "Supervised",
					"limits": map[string]any{
						"cpuTimeSeconds": 60, "wallTimeSeconds": 300, "memory": "1Gi", "output": "4096", "disk": "64Mi",
						"processes": 32,
					},
					"images":             []any{"mirror.example.com/law@sha256:" + strings.Repeat("3", 64)},
					"singleAdmin":        true,
					"externalAuthorship": false,
					"quotas": map[string]any{
						"concurrentRuns": 5, "concurrentRunsPerAgent": 2, "runsPerHour": 1000000, "runsPerHourPerAgent": 100,
						"cpuSecondsPerHour": 100000000, "cpuSecondsPerHourPerAgent": 3600,
					},
					"drain": true,
				},
			},
		},
	}, nil)
}

func departmentsAreEmpty(all []object) []string {
	return expectations(document(find(all, departmentsMap), "departments.yaml"),
		map[string]any{"version": 1, "departments": []any{}}, nil)
}

func filesAreMounted(all []object) []string {
	o := find(all, deployment)
	problems := expectations(o, map[string]any{
		"volumeMounts.0.name": "config", "volumeMounts.0.mountPath": "/etc/countersign",
		"volumeMounts.0.subPath": nil, "volumeMounts.1.mountPath": "/var/lib/countersign/audit",
		"volumeMounts.2.mountPath": "/tmp",
	}, container())
	return append(problems, expectations(o, map[string]any{
		"0.configMap.name": "countersign-config", "0.configMap.items.0.path": "config.yaml",
		"1.configMap.name": "countersign-departments", "1.configMap.items.0.path": "departments/departments.yaml",
	}, pod("volumes", 0, "projected", "sources"))...)
}

// supervisorMemory is what a sandbox's container has beyond its memory and disk classes, in Mi.
const supervisorMemory = 48

// largestSandboxFits compares the largest pod the operator would make with what its namespace admits.
func largestSandboxFits(all []object) []string {
	sandbox := document(find(all, configMap), "config.yaml")
	largest := supervisorMemory
	for _, classes := range []string{"memoryClasses", "diskClasses"} {
		list := texts(sandbox.list("sandbox", classes))
		largest += mebibytes(list[len(list)-1])
	}
	limits := find(all, "LimitRange finance-sandboxes/countersign-sandboxes")
	var problems []string
	if bound := limits.text("spec", "limits", 0, "max", "memory"); mebibytes(bound) < largest {
		problems = append(problems, fmt.Sprintf("a sandbox may have %dMi, its namespace admits %s", largest, bound))
	}
	if bound := limits.text("spec", "limits", 0, "max", "cpu"); bound != sandbox.text("sandbox", "cpuLimit") {
		problems = append(problems, "cpu limit of a sandbox and of its namespace differ")
	}
	return problems
}

// mebibytes reads quantities in Mi and Gi, which is how the chart's defaults are written.
func mebibytes(quantity string) int {
	var number int
	var unit string
	if _, err := fmt.Sscanf(quantity, "%d%s", &number, &unit); err != nil {
		panic(quantity + ": " + err.Error())
	}
	switch unit {
	case "Mi":
		return number
	case "Gi":
		return number * 1024
	}
	panic(quantity + ": neither Mi nor Gi")
}
