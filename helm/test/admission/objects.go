package main

import "strings"

const (
	digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	uid    = "00000000-0000-4000-8000-000000000000"
	ours   = "countersign.dev/execution"
)

// People, by impersonation. Bob has a uid, the others have none, as with most identity providers.
var (
	ann   = identity{user: "ann"}
	bob   = identity{user: "bob", uid: "uid-of-bob"}
	carol = identity{user: "carol"}
	eve   = identity{user: "eve"}
	ivan  = identity{user: "ivan"}
	lars  = identity{user: "lars"}
	lena  = identity{user: "lena"}
	nora  = identity{user: "nora"}
	rita  = identity{user: "rita"}
	root  = identity{user: "root", groups: []string{"system:masters"}}
)

// Machines: those with an account by real tokens, the others by impersonation.
var (
	operator  = identity{account: operatorNamespace + "/countersign-operator"}
	probe     = identity{account: operatorNamespace + "/countersign-probe"}
	gitops    = identity{account: operatorNamespace + "/gitops"}
	agent     = identity{account: "at-finance/reporting-agent"}
	watchdog  = identity{account: "at-finance/watchdog"}
	uninstall = serviceAccount(operatorNamespace, "countersign-uninstall")
	// A node that holds every right: what a kubelet's certificate and a careless binding come to.
	node       = identity{user: "system:node:at-node", groups: []string{"system:nodes", "admission-test:nodes"}}
	namespaces = serviceAccount("kube-system", "namespace-controller")
	garbage    = serviceAccount("kube-system", "generic-garbage-collector")
	publisher  = serviceAccount("kube-system", "root-ca-cert-publisher")
	scheduler  = identity{user: "system:kube-scheduler"}
	// All controllers under one name, as some clusters run them.
	manager = identity{user: "system:kube-controller-manager", groups: []string{"admission-test:requests"}}
	// One of the other controllers, with as many rights as the garbage collector.
	controller = identity{
		user: "system:serviceaccount:kube-system:job-controller", groups: []string{"admission-test:requests"},
	}
)

func serviceAccount(namespace, name string) identity {
	return identity{user: "system:serviceaccount:" + namespace + ":" + name}
}

func (i identity) username() string {
	if namespace, name, ok := strings.Cut(i.account, "/"); ok {
		return "system:serviceaccount:" + namespace + ":" + name
	}
	return i.user
}

func subject(username string) object { return object{"username": username} }

func authors(usernames ...string) []any {
	var all []any
	for _, each := range usernames {
		all = append(all, subject(each))
	}
	return all
}

// custom is an object of one of the four kinds.
func custom(kind, name string, spec object) object {
	return object{
		"apiVersion": "countersign.dev/v1alpha1", "kind": kind, "metadata": object{"name": name}, "spec": spec,
	}
}

func template(by ...string) object {
	spec := object{"language": "Python", "code": "print(1)"}
	if len(by) > 0 {
		spec["authors"] = authors(by...)
	}
	return custom("CodeTemplate", "new", spec)
}

// templateApproval is of template t1; an empty approver is left out.
func templateApproval(approver string) object {
	grant := object{"templateRef": object{"name": "t1"}, "templateDigest": digest, "decision": "Approved"}
	if approver != "" {
		grant["approvedBy"] = subject(approver)
	}
	return custom("TemplateApproval", "new", object{"grant": grant})
}

// executionApproval is of a run that the agent asked for.
func executionApproval(approver string) object {
	spec := object{
		"executionRef": object{"name": "new", "uid": uid}, "requestDigest": digest, "decision": "Approved",
		"requestedBy": subject(agent.username()),
	}
	if approver != "" {
		spec["approvedBy"] = subject(approver)
	}
	return custom("ExecutionApproval", "new", spec)
}

func execution(requester string) object {
	spec := object{"templateRef": object{"name": "t1"}}
	if requester != "" {
		spec["requestedBy"] = subject(requester)
	}
	return custom("Execution", "new", spec)
}

// with lays fields over an object.
func with(base, over object) object { return merge(base, over) }

func grant(fields object) object { return object{"spec": object{"grant": fields}} }

func spec(fields object) object { return object{"spec": fields} }

func named(name string) object { return object{"metadata": object{"name": name}} }

func finalized(finalizers ...any) object { return object{"metadata": object{"finalizers": finalizers}} }

func owned() object {
	return object{"metadata": object{"ownerReferences": []any{object{
		"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}}}}
}

// ownedPatch is owned as a merge patch.
const ownedPatch = `{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"` +
	uid + `"}]}}`

var foreignFinalizer = finalized("example.com/mine")

// pod meets Pod Security's restricted profile and the sandboxes' own rules.
func pod(name string) object {
	return object{
		"apiVersion": "v1", "kind": "Pod", "metadata": object{"name": name, "labels": object{"a": "b"}},
		"spec": object{
			"runtimeClassName": "countersign-admission-test", "automountServiceAccountToken": false,
			"securityContext": object{"runAsNonRoot": true, "seccompProfile": object{"type": "RuntimeDefault"}},
			"containers": []any{object{
				"name": "c", "image": "i",
				"securityContext": object{
					"allowPrivilegeEscalation": false, "capabilities": object{"drop": []any{"ALL"}},
				},
				"resources": object{
					"requests": object{"memory": "64Mi", "cpu": "10m"}, "limits": object{"memory": "64Mi", "cpu": "1"},
				},
			}},
		},
	}
}
