package main

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	deployment = "Deployment countersign-system/countersign-operator"
	service    = "Service countersign-system/countersign-operator"
	masterKeys = "Secret countersign-system/countersign-master-keys"
	hookJob    = "Job countersign-system/countersign-uninstall"
)

// pod is the path to the operator's pod spec; container, to its only container.
func pod(path ...any) []any { return append([]any{"spec", "template", "spec"}, path...) }

func container(path ...any) []any { return append(pod("containers", 0), path...) }

func operatorChecks() []check {
	return []check{
		{
			name: "the operator's pod is hardened", values: minimal, problems: podIsHardened,
			spoilt: []spoiling{
				put(deployment, false, "runAsNonRoot", pod("securityContext", "runAsNonRoot")...),
				put(deployment, 0, "runAsUser", pod("securityContext", "runAsUser")...),
				put(deployment, nil, "fsGroup", pod("securityContext", "fsGroup")...),
				put(deployment, "Unconfined", "seccompProfile", pod("securityContext", "seccompProfile", "type")...),
				put(deployment, false, "readOnlyRootFilesystem",
					container("securityContext", "readOnlyRootFilesystem")...),
				put(deployment, true, "allowPrivilegeEscalation",
					container("securityContext", "allowPrivilegeEscalation")...),
				put(deployment, []any{"NET_RAW"}, "drop", container("securityContext", "capabilities", "drop")...),
				put(deployment, true, "enableServiceLinks", pod("enableServiceLinks")...),
				put(deployment, nil, "limits", container("resources", "limits", "memory")...),
			},
		},
		{
			name: "what ends an installation exists only then, is hardened, and cannot hang", values: twoDepartments,
			problems: hookIsBounded,
			spoilt: []spoiling{
				put(hookJob, 6, "backoffLimit", "spec", "backoffLimit"),
				put(hookJob, nil, "activeDeadlineSeconds", "spec", "activeDeadlineSeconds"),
				put(hookJob, "countersign-operator", "serviceAccountName", pod("serviceAccountName")...),
				put(hookJob, []any{}, "uninstall", container("args")...),
				put(hookJob, true, "allowPrivilegeEscalation",
					container("securityContext", "allowPrivilegeEscalation")...),
				put(hookJob, "operator", "waits for itself", "spec", "template", "metadata", "labels",
					"app.kubernetes.io/component"),
				put("RoleBinding legal-runs/countersign-uninstall", map[string]any{}, "stands while", "metadata",
					"annotations"),
				put(hookAccount, "post-delete", "stands while", "metadata", "annotations", "helm.sh/hook"),
				put(hookJob, "-20", "before", "metadata", "annotations", "helm.sh/hook-weight"),
			},
		},
		{
			name: "the operator's pod is probed and knows itself", values: minimal, problems: podIsProbed,
			spoilt: []spoiling{
				put(deployment, "/readyz", "livenessProbe", container("livenessProbe", "httpGet", "path")...),
				put(deployment, nil, "startupProbe", container("startupProbe")...),
				put(deployment, []any{}, "POD_NAME", container("env")...),
				put(deployment, 30, "terminationGracePeriodSeconds", pod("terminationGracePeriodSeconds")...),
			},
		},
		{
			name: "selectors find the operator's pods, whatever labels the user adds", values: full,
			problems: selectorsFit,
			spoilt: []spoiling{
				put(deployment, "other", "Deployment", "spec", "template", "metadata", "labels",
					"app.kubernetes.io/component"),
				put(service, "other", "Service", "spec", "selector", "app.kubernetes.io/component"),
				put("PodDisruptionBudget countersign-system/countersign-operator", map[string]any{},
					"PodDisruptionBudget", "spec", "selector", "matchLabels"),
				put("NetworkPolicy countersign-system/countersign-operator", map[string]any{}, "NetworkPolicy",
					"spec", "podSelector", "matchLabels"),
				put("ServiceMonitor countersign-system/countersign-operator", map[string]any{}, "ServiceMonitor",
					"spec", "selector", "matchLabels"),
			},
		},
		{
			name: "standbys share the node of the audit log, and a roll-out needs no surge", values: full,
			problems: standbysShareANode,
			spoilt: []spoiling{
				put(deployment, nil, "topologyKey", pod("affinity")...),
				put(deployment, "topology.kubernetes.io/zone", "topologyKey", pod("affinity")...),
				put(deployment, 1, "maxSurge", "spec", "strategy", "rollingUpdate", "maxSurge"),
				put(deployment, "Recreate", "type", "spec", "strategy", "type"),
			},
		},
		{
			name: "the Secret of the master keys is rendered without data", values: minimal, problems: keysAreEmpty,
			spoilt: []spoiling{
				put(masterKeys, map[string]any{"current": "a2V5"}, "data", "data"),
				put(masterKeys, map[string]any{"current": "key"}, "stringData", "stringData"),
				drop(masterKeys, "not rendered"),
			},
		},
		{
			name: "the metrics Service stays inside the cluster", values: minimal, problems: serviceIsInternal,
			spoilt: []spoiling{
				put(service, "NodePort", "type", "spec", "type"),
				put(service, []any{}, "ports", "spec", "ports"),
			},
		},
		{
			name: "the operator's own NetworkPolicy allows the API server and the scraper, no more", values: full,
			problems: fenceIsTight,
			spoilt: []spoiling{
				put("NetworkPolicy countersign-system/countersign-operator", []any{map[string]any{}}, "egress",
					"spec", "egress"),
				put("NetworkPolicy countersign-system/countersign-operator", []any{map[string]any{}}, "ingress",
					"spec", "ingress"),
			},
		},
	}
}

// expectations compares values of one object and names what differs.
func expectations(o object, want map[string]any, prefix []any) []string {
	var problems []string
	for path, value := range want {
		at := append([]any{}, prefix...)
		for _, step := range strings.Split(path, ".") {
			if index, err := strconv.Atoi(step); err == nil {
				at = append(at, index)
			} else {
				at = append(at, step)
			}
		}
		if got := o.at(at...); fmt.Sprint(got) != fmt.Sprint(value) {
			problems = append(problems, fmt.Sprintf("%s: %s is %v, not %v", o.id(), path, got, value))
		}
	}
	return problems
}

func podIsHardened(all []object) []string {
	o := find(all, deployment)
	problems := expectations(o, map[string]any{
		"securityContext.runAsNonRoot":        true,
		"securityContext.runAsUser":           65532,
		"securityContext.runAsGroup":          65532,
		"securityContext.fsGroup":             65532,
		"securityContext.seccompProfile.type": "RuntimeDefault",
		"enableServiceLinks":                  false,
		"hostNetwork":                         nil,
		"hostPID":                             nil,
	}, pod())
	problems = append(problems, expectations(o, map[string]any{
		"securityContext.allowPrivilegeEscalation": false,
		"securityContext.readOnlyRootFilesystem":   true,
		"securityContext.capabilities.drop":        []any{"ALL"},
		"securityContext.privileged":               nil,
		"resources.limits.memory":                  "768Mi",
		"resources.limits.cpu":                     nil,
	}, container())...)
	if len(o.list(pod("containers")...)) != 1 {
		problems = append(problems, "not one container")
	}
	return problems
}

// hookIsBounded: all that is named countersign-uninstall is a hook, in the order account and roles, bindings, Job; the
// Job's pod is not one of the operator's, for whose end it waits.
func hookIsBounded(all []object) []string {
	o := find(all, hookJob)
	problems := expectations(o, map[string]any{
		"securityContext.runAsNonRoot": true, "serviceAccountName": "countersign-uninstall", "restartPolicy": "Never",
	}, pod())
	problems = append(problems, expectations(o, map[string]any{
		"securityContext.allowPrivilegeEscalation": false, "securityContext.readOnlyRootFilesystem": true,
		"args.0": "uninstall", "volumeMounts.0.mountPath": "/etc/countersign",
	}, container())...)
	problems = append(problems, expectations(o, map[string]any{"backoffLimit": 0, "activeDeadlineSeconds": 60},
		[]any{"spec"})...)
	labels, _ := asMap(o.at("spec", "template", "metadata", "labels"))
	if labels["app.kubernetes.io/component"] == "operator" {
		problems = append(problems, "the hook's pod waits for itself to end")
	}
	weights := map[string]int{"ServiceAccount": -10, "Role": -10, "ClusterRole": -10, "RoleBinding": -5,
		"ClusterRoleBinding": -5, "Job": 0}
	for _, each := range all {
		if each.name() != "countersign-uninstall" {
			continue
		}
		annotations, _ := asMap(each.at("metadata", "annotations"))
		if annotations["helm.sh/hook"] != "pre-delete" ||
			annotations["helm.sh/hook-delete-policy"] != "before-hook-creation,hook-succeeded" {
			problems = append(problems, each.id()+" stands while the release does")
		}
		if annotations["helm.sh/hook-weight"] != strconv.Itoa(weights[each.kind()]) {
			problems = append(problems, each.id()+" comes before what it needs, or too late")
		}
	}
	return problems
}

func podIsProbed(all []object) []string {
	o := find(all, deployment)
	problems := expectations(o, map[string]any{
		"startupProbe.httpGet.path":   "/livez",
		"livenessProbe.httpGet.path":  "/livez",
		"readinessProbe.httpGet.path": "/readyz",
		"ports.0.containerPort":       8080,
	}, container())
	problems = append(problems, expectations(o, map[string]any{"terminationGracePeriodSeconds": 60}, pod())...)
	environment := map[string]string{}
	for i := range o.list(container("env")...) {
		field := container("env", i, "valueFrom", "fieldRef", "fieldPath")
		environment[o.text(container("env", i, "name")...)] = o.text(field...)
	}
	for name, field := range map[string]string{
		"POD_NAME": "metadata.name", "POD_NAMESPACE": "metadata.namespace", "NODE_NAME": "spec.nodeName",
	} {
		if environment[name] != field {
			problems = append(problems, fmt.Sprintf("%s comes from %q", name, environment[name]))
		}
	}
	return problems
}

func selectorsFit(all []object) []string {
	selectors := map[string][]any{
		deployment: {"spec", "selector", "matchLabels"},
		service:    {"spec", "selector"},
		"PodDisruptionBudget countersign-system/countersign-operator": {"spec", "selector", "matchLabels"},
		"NetworkPolicy countersign-system/countersign-operator":       {"spec", "podSelector", "matchLabels"},
		"ServiceMonitor countersign-system/countersign-operator":      {"spec", "selector", "matchLabels"},
	}
	podLabels, _ := asMap(find(all, deployment).at("spec", "template", "metadata", "labels"))
	serviceLabels, _ := asMap(find(all, service).at("metadata", "labels"))
	var problems []string
	for id, path := range selectors {
		labels := podLabels
		if strings.HasPrefix(id, "ServiceMonitor ") {
			labels = serviceLabels
		}
		selector, _ := asMap(find(all, id).at(path...))
		if len(selector) == 0 {
			problems = append(problems, id+" selects everything")
		}
		for key, value := range selector {
			if labels[key] != value {
				problems = append(problems, fmt.Sprintf("%s asks for %s=%v, found %v", id, key, value, labels[key]))
			}
		}
	}
	return problems
}

func standbysShareANode(all []object) []string {
	o := find(all, deployment)
	problems := expectations(o, map[string]any{
		"type": "RollingUpdate", "rollingUpdate.maxSurge": 0, "rollingUpdate.maxUnavailable": 1,
	}, []any{"spec", "strategy"})
	return append(problems, expectations(o, map[string]any{
		"topologyKey": "kubernetes.io/hostname",
		"labelSelector.matchLabels": map[string]any{
			"app.kubernetes.io/name": "countersign", "app.kubernetes.io/component": "operator"},
	}, pod("affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution", 0))...)
}

func keysAreEmpty(all []object) []string {
	o, ok := lookup(all, masterKeys)
	if !ok {
		return []string{masterKeys + " is not rendered"}
	}
	return expectations(o, map[string]any{"data": nil, "stringData": nil, "type": "Opaque"}, nil)
}

func serviceIsInternal(all []object) []string {
	o := find(all, service)
	problems := expectations(o, map[string]any{"type": "ClusterIP", "ports.0.port": 8080}, []any{"spec"})
	if len(o.list("spec", "ports")) != 1 {
		problems = append(problems, "not one of ports")
	}
	return problems
}

func fenceIsTight(all []object) []string {
	o := find(all, "NetworkPolicy countersign-system/countersign-operator")
	problems := expectations(o, map[string]any{
		"policyTypes":     []any{"Ingress", "Egress"},
		"egress.0.ports":  []any{map[string]any{"port": 6443, "protocol": "TCP"}},
		"egress.0.to.0":   map[string]any{"ipBlock": map[string]any{"cidr": "10.96.0.1/32"}},
		"egress.0.to.1":   map[string]any{"ipBlock": map[string]any{"cidr": "192.0.2.10/32"}},
		"ingress.0.ports": []any{map[string]any{"port": 9090, "protocol": "TCP"}},
		"ingress.0.from.0.namespaceSelector.matchLabels": map[string]any{"kubernetes.io/metadata.name": "monitoring"},
	}, []any{"spec"})
	for _, way := range []string{"ingress", "egress"} {
		if len(o.list("spec", way)) != 1 {
			problems = append(problems, "not one rule of "+way)
		}
	}
	return problems
}
