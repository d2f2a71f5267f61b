package main

import (
	"fmt"
	"slices"
	"strings"
)

// phase is a state of the cluster and what must hold in it.
type phase struct {
	name    string
	prepare func() error
	rows    []row
}

// phases are run in order: each takes something away that helped before.
func phases(i *installation) []phase {
	standing := func() error { return i.stand() }
	all := []phase{{"as installed", standing, slices.Concat(
		approvalRows(), revocationRows(), denialRows(), probeRows(), executionRows(), templateRows(), statusRows(), sandboxRows(),
		namespaceRows())}}
	if i.mutates {
		all = append(all, phase{"names filled in", func() error { return nil }, mutationRows()})
	}
	return append(all,
		phase{"without mutation", i.unbindMutations, unaidedRows()},
		phase{"without the CRDs' rules", i.dropCRDRules, frozenRows()})
}

// stand makes the objects that rows change or delete, in dry runs.
func (i *installation) stand() error {
	for _, r := range []row{
		create("", ann, "codetemplates", with(template("ann"), named("t1")), "").kept(),
		create("", gitops, "codetemplates", with(template(), named("t2")), "").kept(),
		create("", agent, "executions", with(with(execution(agent.username()), named("e1")), finalized(ours)), "").kept(),
		create("", bob, "templateapprovals", with(templateApproval("bob"), named("a1")), "").kept(),
		create("", bob, "templateapprovals", with(templateApproval("bob"), named("a2")), "").kept(),
		patch("", bob, in("at-finance", "templateapprovals", "a2"),
			`{"spec":{"revocation":{"revokedBy":{"username":"bob"},"reason":"wrong"}}}`, "").kept(),
		create("", bob, "executionapprovals", with(executionApproval("bob"), with(named("e1"),
			spec(object{"executionRef": object{"name": "e1"}}))), "").kept(),
		create("", eve, "codetemplates", with(template("eve"), named("t3")), "").inNamespace("at-legal").kept(),
		create("", bob, "templateapprovals", with(denied("ann"), named("d1")), "").kept(),
		create("", root, "templateapprovals", with(with(denied("bob"), by("root")), named("d2")), "").kept(),
		create("", root, "templateapprovals", with(with(denied("lena"), by("root")), named("d3")), "").
			inNamespace("at-legal").kept(),
		create("", root, "executionapprovals", deniedRun("e2", "bob"), "").kept(),
		create("", root, "executionapprovals", deniedRun("e3", agent.username()), "").kept(),
		create("", operator, "pods", pod("p1"), "").inNamespace("at-finance-sandboxes").kept(),
		create("", operator, "pods", with(pod("p3"), foreignFinalizer), "").inNamespace("at-finance-sandboxes").kept(),
	} {
		if problems := r.problems(i.cluster); len(problems) > 0 {
			return fmt.Errorf("%s %s: %s", r.method, r.path, strings.Join(problems, "; "))
		}
		if r.method == "POST" {
			i.created = append(i.created, r.path+"/"+r.body.(object)["metadata"].(object)["name"].(string))
		}
	}
	return nil
}

// denied is a decision against template t1; by says whose, where it is not bob's.
func denied(author string) object {
	return with(templateApproval("bob"), grant(object{"decision": "Denied", "authors": authors(author)}))
}

func by(approver string) object { return grant(object{"approvedBy": subject(approver)}) }

// deniedRun is root's decision against a run.
func deniedRun(name, requester string) object {
	return with(with(executionApproval("root"), named(name)), spec(object{
		"executionRef": object{"name": name}, "requestedBy": subject(requester), "decision": "Denied"}))
}

func approvalRows() []row {
	bobsUID := grant(object{"approvedBy": object{"username": "bob", "uid": "uid-of-bob"}})
	return []row{
		create("an approver approves", bob, "templateapprovals", templateApproval("bob"), ""),
		create("an approver states the own uid", bob, "templateapprovals", with(templateApproval("bob"), bobsUID), ""),
		create("an approver denies", bob, "templateapprovals",
			with(templateApproval("bob"), grant(object{"decision": "Denied"})), ""),
		create("an approver approves a run", bob, "executionapprovals", executionApproval("bob"), ""),
		create("an approver in another's name", bob, "templateapprovals", templateApproval("carol"), "approver-is-caller"),
		create("an approver of a run in another's name", bob, "executionapprovals", executionApproval("carol"),
			"approver-is-caller"),
		create("an approver with another's uid", bob, "templateapprovals", with(templateApproval("bob"),
			grant(object{"approvedBy": object{"uid": "uid-of-carol"}})), "approver-uid-is-caller"),
		create("an approver without uid states one", nora, "templateapprovals", with(templateApproval("nora"),
			grant(object{"approvedBy": object{"uid": "x"}})), "approver-uid-is-caller"),
		create("an author approves", bob, "templateapprovals", with(templateApproval("bob"),
			grant(object{"authors": authors("ann", "bob")})), "approver-is-not-author"),
		create("an author approves under a new name", bob, "templateapprovals", with(templateApproval("bob"),
			grant(object{"authors": []any{object{"username": "robert", "uid": "uid-of-bob"}}})), "approver-is-not-author"),
		create("an author denies", bob, "templateapprovals", with(templateApproval("bob"),
			grant(object{"authors": authors("bob"), "decision": "Denied"})), "approver-is-not-author"),
		create("an approver beside other authors", bob, "templateapprovals", with(templateApproval("bob"),
			grant(object{"authors": authors("ann", "carol")})), ""),
		create("a single admin approves their own", lena, "templateapprovals", with(templateApproval("lena"),
			grant(object{"authors": authors("lena")})), "").inNamespace("at-legal"),
		create("the requester approves the run", bob, "executionapprovals", with(executionApproval("bob"),
			spec(object{"requestedBy": subject("bob")})), "approver-is-not-requester"),
		create("the requester approves the run under a new name", bob, "executionapprovals",
			with(executionApproval("bob"), spec(object{"requestedBy": object{"username": "robert", "uid": "uid-of-bob"}})),
			"approver-is-not-requester"),
		create("a single admin approves their own run", lena, "executionapprovals", with(executionApproval("lena"),
			spec(object{"requestedBy": subject("lena")})), "").inNamespace("at-legal"),
		create("somebody with every verb but approve", eve, "templateapprovals", templateApproval("eve"),
			"approve-authority"),
		create("somebody with every verb but approve, a run", eve, "executionapprovals", executionApproval("eve"),
			"approve-authority"),
		create("an approver of one template approves it", nora, "templateapprovals", templateApproval("nora"), ""),
		create("an approver of one template approves another", nora, "templateapprovals", with(templateApproval("nora"),
			grant(object{"templateRef": object{"name": "t2"}})), "approve-authority"),
		create("an approver in another department", bob, "templateapprovals", templateApproval("bob"), "").
			inNamespace("at-legal").saying("cannot create resource"),
		create("a template without authors, where they must be known", lena, "templateapprovals",
			templateApproval("lena"), "authorship-is-known").inNamespace("at-legal"),
		create("a template without authors is denied there", lena, "templateapprovals", with(templateApproval("lena"),
			grant(object{"decision": "Denied"})), "").inNamespace("at-legal"),
		create("a machine with every right", gitops, "templateapprovals", templateApproval(gitops.username()),
			"machines-never-approve"),
		create("a machine with every right, a run", gitops, "executionapprovals", executionApproval(gitops.username()),
			"machines-never-approve"),
		create("a node with every right", node, "templateapprovals", templateApproval(node.user), "machines-never-approve"),
		create("cluster-admin, as a person", root, "templateapprovals", templateApproval("root"), ""),
		create("an approval with an owner", bob, "templateapprovals", with(templateApproval("bob"), owned()), "no-owners"),
		create("a run's approval with an owner", bob, "executionapprovals", with(executionApproval("bob"), owned()),
			"no-owners"),
		create("an approval with an empty list of owners", bob, "templateapprovals", with(templateApproval("bob"),
			object{"metadata": object{"ownerReferences": []any{}}}), ""),
		patch("an owner given to an approval", eve, in("at-finance", "templateapprovals", "a1"), ownedPatch, "no-owners"),
		patch("an owner given to a run's approval", gitops, in("at-finance", "executionapprovals", "e1"), ownedPatch,
			"no-owners"),
	}
}

func revocationRows() []row {
	a1, a2 := in("at-finance", "templateapprovals", "a1"), in("at-finance", "templateapprovals", "a2")
	e1 := in("at-finance", "executionapprovals", "e1")
	revoke := func(by string) string { return `{"spec":{"revocation":{"revokedBy":{"username":"` + by + `"}}}}` }
	return []row{
		patch("an approver revokes", bob, a1, revoke("bob"), ""),
		patch("a machine with the verb revokes", watchdog, a1, revoke(watchdog.username()), ""),
		patch("one who may revoke this template", nora, a1, revoke("nora"), ""),
		patch("revoking in another's name", bob, a1, revoke("carol"), "revoker-is-caller"),
		patch("revoking with another's uid", bob, a1,
			`{"spec":{"revocation":{"revokedBy":{"username":"bob","uid":"x"}}}}`, "revoker-is-caller"),
		patch("revoking without the verb", eve, a1, revoke("eve"), "revoke-authority"),
		create("an approval born revoked by another", bob, "templateapprovals", with(templateApproval("bob"),
			spec(object{"revocation": object{"revokedBy": subject("carol")}})), "revoker-is-caller"),
		create("an approval born revoked", bob, "templateapprovals", with(templateApproval("bob"),
			spec(object{"revocation": object{"revokedBy": subject("bob")}})), ""),
		patch("a grant edited", bob, a1, `{"spec":{"grant":{"reason":"other"}}}`, "").saying("spec.grant cannot change"),
		patch("a revocation taken back", bob, a2, `{"spec":{"revocation":null}}`, "").saying("spec.revocation cannot change"),
		patch("a run's approval edited", eve, e1, `{"spec":{"decision":"Denied"}}`, "").
			saying("spec cannot change"),
		patch("a label", bob, a1, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		patch("a label, without the verb to revoke", eve, a1, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		patch("a label on what is revoked", eve, a2, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		remove("an approver deletes", bob, a1, ""),
		remove("an approver deletes a run's approval", bob, e1, ""),
		remove("a machine with the verb deletes", watchdog, a1, ""),
		remove("deleting without the verb", eve, a1, "revoke-authority"),
		remove("deleting a run's approval without the verb", eve, e1, "revoke-authority"),
		remove("deleting all without the verb", eve, in("at-finance", "templateapprovals"), "revoke-authority"),
		remove("one who may revoke this template deletes", nora, a1, ""),
		remove("one who may revoke this template deletes another kind", nora, e1, "revoke-authority"),
		remove("the namespace controller deletes", namespaces, a1, ""),
		remove("the garbage collector deletes", garbage, e1, ""),
		remove("another controller deletes", controller, a1, "revoke-authority"),
		remove("the controllers under one name delete", manager, a1, ""),
	}
}

// denialRows are of decisions against something: d1 by bob of what ann wrote, d2 of what bob wrote, d3 in at-legal of
// what its single admin wrote, e2 of bob's run, e3 of the agent's.
func denialRows() []row {
	d1, d2 := in("at-finance", "templateapprovals", "d1"), in("at-finance", "templateapprovals", "d2")
	d3 := in("at-legal", "templateapprovals", "d3")
	e2, e3 := in("at-finance", "executionapprovals", "e2"), in("at-finance", "executionapprovals", "e3")
	revoke := func(by string) string { return `{"spec":{"revocation":{"revokedBy":{"username":"` + by + `"}}}}` }
	const rule = "denial-needs-an-approver"
	return []row{
		patch("an approver revokes", bob, d1, revoke("bob"), ""),
		patch("a person who may only revoke revokes", rita, d1, revoke("rita"), rule),
		patch("the author revokes, an approver too", bob, d2, revoke("bob"), rule),
		patch("a machine with the verb revokes", watchdog, d1, revoke(watchdog.username()), rule),
		patch("a machine with every right revokes", gitops, d1, revoke(gitops.username()), rule),
		patch("a single admin revokes one of their own template", lena, d3, revoke("lena"), ""),
		patch("a label", rita, d1, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		remove("an approver deletes", bob, d1, ""),
		remove("an approver of this template deletes", nora, d1, ""),
		remove("a person who may only revoke deletes", rita, d1, rule),
		remove("a person who may only revoke deletes an approval", rita, in("at-finance", "templateapprovals", "a1"), ""),
		remove("the author deletes, an approver too", bob, d2, rule),
		remove("a machine with the verb deletes", watchdog, d1, rule),
		remove("a machine with every right deletes", gitops, d1, rule),
		remove("somebody with neither verb deletes", eve, d1, "revoke-authority"),
		remove("the requester deletes, an approver too", bob, e2, rule),
		remove("an approver deletes that of a run", bob, e3, ""),
		remove("a machine with the verb deletes that of a run", watchdog, e3, rule),
		remove("a person who may only revoke deletes that of a run", rita, e3, rule),
		remove("the namespace controller deletes", namespaces, d1, ""),
		remove("the garbage collector deletes", garbage, e3, ""),
		remove("the controllers under one name delete", manager, d1, ""),
	}
}

// probeRows are forgeries as the operator's probe sends them: each breaks its own rule and later ones, no earlier one;
// and what whoever has its token may try to store.
func probeRows() []row {
	self := probe.username()
	return []row{
		create("probe: another's name", probe, "templateapprovals", templateApproval("countersign:nobody"),
			"approver-is-caller"),
		create("probe: another's uid", probe, "templateapprovals", with(templateApproval(self),
			grant(object{"approvedBy": object{"uid": uid}})), "approver-uid-is-caller"),
		create("probe: its own template", probe, "templateapprovals", with(templateApproval(self),
			grant(object{"authors": authors(self)})), "approver-is-not-author"),
		create("probe: its own run", probe, "executionapprovals", with(executionApproval(self),
			spec(object{"requestedBy": subject(self)})), "approver-is-not-requester"),
		create("probe: revoked by another", probe, "templateapprovals", with(templateApproval(self),
			spec(object{"revocation": object{"revokedBy": subject("countersign:nobody")}})), "revoker-is-caller"),
		create("probe: revoked without authority", probe, "templateapprovals", with(templateApproval(self),
			spec(object{"revocation": object{"revokedBy": subject(self)}})), "revoke-authority"),
		create("probe: an approval with an owner", probe, "templateapprovals", with(templateApproval(self), owned()),
			"no-owners"),
		create("probe: approved without authority", probe, "templateapprovals", templateApproval(self),
			"approve-authority"),
		create("probe: a run approved without authority", probe, "executionapprovals", executionApproval(self),
			"approve-authority"),
		create("probe: another's request", probe, "executions", execution("countersign:nobody"), "requester-is-caller"),
		create("probe: a request with another's uid", probe, "executions", with(execution(self),
			spec(object{"requestedBy": object{"uid": uid}})), "requester-uid-is-caller"),
		create("probe: another as author", probe, "codetemplates", template("countersign:nobody"), "authors-only-self"),
		create("probe: itself as author", probe, "codetemplates", template(self), "machine-leaves-authors"),
		create("probe: a template, where authors must be known", probe, "codetemplates", template(),
			"machines-do-not-author").inNamespace("at-legal"),
		create("probe: a foreign finalizer", probe, "executions", with(execution(self), foreignFinalizer),
			"no-foreign-finalizers"),
		create("probe: a pod", probe, "pods", pod("p2"), "pods-are-operators").inNamespace("at-finance-sandboxes"),
		create("probe: a ConfigMap", probe, "configmaps", object{"metadata": object{"name": "c"}},
			"bounds-are-installers").inNamespace("at-finance-sandboxes"),
		create("probe: a request to be stored", probe, "executions", execution(self), "probe-only-tries").kept(),
		create("probe: a request as a dry run", probe, "executions", execution(self), ""),
		create("probe: a template to be stored", probe, "codetemplates", template(), "probe-only-tries").kept(),
		create("probe: a template as a dry run", probe, "codetemplates", template(), ""),
		// Where no rule says so: nothing that it can create is let in there.
		create("probe: an approval to be stored", probe, "templateapprovals", templateApproval(self),
			"approve-authority").kept(),
		create("probe: a run's approval to be stored", probe, "executionapprovals", executionApproval(self),
			"approve-authority").kept(),
		create("probe: a pod to be stored", probe, "pods", pod("p2"), "pods-are-operators").
			inNamespace("at-finance-sandboxes").kept(),
		create("probe: a ConfigMap to be stored", probe, "configmaps", object{"metadata": object{"name": "c"}},
			"bounds-are-installers").inNamespace("at-finance-sandboxes").kept(),
	}
}

func executionRows() []row {
	self := agent.username()
	e1 := in("at-finance", "executions", "e1")
	return []row{
		create("an agent asks", agent, "executions", execution(self), ""),
		create("an agent asks in another's name", agent, "executions", execution("bob"), "requester-is-caller"),
		create("an agent asks in another agent's name", agent, "executions",
			execution("system:serviceaccount:at-legal:reporting-agent"), "requester-is-caller"),
		create("an agent asks with another's uid", agent, "executions", with(execution(self),
			spec(object{"requestedBy": object{"uid": uid}})), "requester-uid-is-caller"),
		create("cluster-admin asks for another", gitops, "executions", execution(self), "requester-is-caller"),
		create("an agent asks, with an owner", agent, "executions", with(execution(self), owned()), ""),
		patch("an agent cancels", agent, e1, `{"spec":{"cancel":true}}`, ""),
		patch("another cancels", eve, e1, `{"spec":{"cancel":true}}`, "cancel-is-requesters"),
		patch("one who may revoke a template cancels", nora, e1, `{"spec":{"cancel":true}}`, "cancel-is-requesters"),
		patch("one who may revoke runs cancels", rita, e1, `{"spec":{"cancel":true}}`, ""),
		patch("another says that nothing is cancelled", eve, e1, `{"spec":{"cancel":false}}`, ""),
		patch("an owner given by another", eve, e1, ownedPatch, "owners-stay"),
		patch("an owner given by the requester", agent, e1, ownedPatch, "owners-stay"),
		patch("an owner given by the operator", operator, e1, ownedPatch, "owners-stay"),
		patch("owners changed by the garbage collector", garbage, e1, ownedPatch, ""),
		patch("owners changed by the controllers under one name", manager, e1, ownedPatch, ""),
		patch("a label by another", eve, e1, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		patch("the requester changed", eve, e1,
			`{"spec":{"requestedBy":{"username":"eve"}}}`, "").saying("spec.requestedBy cannot change"),
	}
}

func templateRows() []row {
	t1, t2 := in("at-finance", "codetemplates", "t1"), in("at-finance", "codetemplates", "t2")
	t3 := in("at-legal", "codetemplates", "t3")
	live := with(template("ann"), object{"metadata": object{"name": "t1"}})
	return []row{
		create("a person writes, stating themselves", ann, "codetemplates", template("ann"), ""),
		create("a machine writes, stating nobody", gitops, "codetemplates", template(), ""),
		create("a person adds another", ann, "codetemplates", template("ann", "carol"), "authors-only-self"),
		create("a person with another uid", identity{user: "eve", uid: "uid-of-eve"}, "codetemplates", with(template(),
			spec(object{"authors": []any{object{"username": "eve", "uid": "x"}}})), "authors-only-self"),
		create("a machine states itself", gitops, "codetemplates", template(gitops.username()), "machine-leaves-authors"),
		create("a machine states a person", gitops, "codetemplates", template("ann"), "authors-only-self"),
		patch("a machine changes code and leaves authors", gitops, t1, `{"spec":{"code":"print(2)"}}`, "").
			holding(`{"spec":{"code":"print(2)","authors":[{"username":"ann"}]}}`),
		replace("a machine's replace drops the authors", gitops, t1, with(template(), named("t1")), "authors-only-grow"),
		replace("a person's replace drops an author", carol, t1, with(template("carol"), named("t1")),
			"authors-only-grow"),
		replace("a machine's replace with the list as it stands", gitops, t1, live, ""),
		patch("an author's uid changed", carol, t1,
			`{"spec":{"authors":[{"username":"ann","uid":"x"}]}}`, "authors-only-grow"),
		patch("authors emptied", ann, t1, `{"spec":{"authors":[]}}`, "authors-only-grow"),
		patch("another added by an update", ann, t1,
			`{"spec":{"authors":[{"username":"ann"},{"username":"carol"}]}}`, "authors-only-self"),
		patch("a machine adds itself by an update", gitops, t2,
			`{"spec":{"authors":[{"username":"`+gitops.username()+`"}]}}`, "machine-leaves-authors"),
		patch("a person takes authorship without a change", carol, t1,
			`{"spec":{"authors":[{"username":"ann"},{"username":"carol"}]}}`, ""),
		patch("a description", carol, t1, `{"spec":{"description":"text"}}`, "").
			holding(`{"spec":{"authors":[{"username":"ann"}]}}`),
		patch("waiting sandboxes", carol, t1, `{"spec":{"warm":{"min":1}}}`, "").
			holding(`{"spec":{"authors":[{"username":"ann"}]}}`),
		patch("a label", carol, t1, `{"metadata":{"labels":{"a":"b"}}}`, "").
			holding(`{"spec":{"authors":[{"username":"ann"}]}}`),
		apply("a machine applies without authors", gitops, t1, with(template(), named("t1"))).
			holding(`{"spec":{"authors":[{"username":"ann"}]}}`),
		remove("an author deletes", ann, t1, ""),
		create("a machine writes, where authors must be known", gitops, "codetemplates", template(),
			"machines-do-not-author").inNamespace("at-legal"),
		create("a machine states itself there", gitops, "codetemplates", template(gitops.username()),
			"machine-leaves-authors").inNamespace("at-legal"),
		create("a person writes there", eve, "codetemplates", template("eve"), "").inNamespace("at-legal"),
		patch("a machine changes code there, over a person's", gitops, t3, `{"spec":{"code":"print(2)"}}`,
			"machines-do-not-author"),
		patch("a machine describes there", gitops, t3, `{"spec":{"description":"text"}}`, ""),
		patch("a machine labels there", gitops, t3, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		patch("a person changes code there", eve, t3, `{"spec":{"code":"print(2)"}}`, ""),
	}
}

func statusRows() []row {
	var rows []row
	for resource, name := range map[string]string{
		"codetemplates": "t1", "templateapprovals": "a1", "executions": "e1", "executionapprovals": "e1",
	} {
		path := in("at-finance", resource, name)
		body := `{"status":{"observedGeneration":7}}`
		rows = append(rows,
			patch("status of "+resource, eve, path+"/status", body, "status-is-operators"),
			patch("status of "+resource+", by the operator", operator, path+"/status", body, "").
				holding(body),
			patch("status of "+resource+", beside the subresource", eve, path, body, "").
				without("status.observedGeneration"),
			patch("a finalizer on "+resource, eve, path, `{"metadata":{"finalizers":["example.com/mine"]}}`,
				map[bool]string{true: "finalizer-is-operators", false: "no-foreign-finalizers"}[resource == "executions"]),
			patch("a second finalizer on "+resource+", by the operator", operator, path,
				`{"metadata":{"finalizers":["example.com/mine"]}}`, "no-foreign-finalizers"),
		)
	}
	e1, t1 := in("at-finance", "executions", "e1"), in("at-finance", "codetemplates", "t1")
	return append(rows,
		create("our finalizer, from an agent", agent, "executions", with(execution(agent.username()), finalized(ours)), ""),
		create("a foreign finalizer, from an agent", agent, "executions",
			with(execution(agent.username()), foreignFinalizer), "no-foreign-finalizers"),
		create("ours and a foreign one", agent, "executions",
			with(execution(agent.username()), finalized(ours, "example.com/mine")), "no-foreign-finalizers"),
		create("our finalizer on a template", ann, "codetemplates", with(template("ann"), finalized(ours)),
			"no-foreign-finalizers"),
		create("the collector's finalizer at creation", ann, "codetemplates",
			with(template("ann"), finalized("foregroundDeletion")), "no-foreign-finalizers"),
		patch("the collector's finalizer later", ann, t1, `{"metadata":{"finalizers":["foregroundDeletion"]}}`, ""),
		patch("our finalizer removed", eve, e1, `{"metadata":{"finalizers":null}}`, "finalizer-is-operators"),
		patch("our finalizer removed by the operator", operator, e1, `{"metadata":{"finalizers":null}}`, ""),
		patch("our finalizer removed by the uninstall hook", uninstall, e1, `{"metadata":{"finalizers":null}}`, ""),
		patch("our finalizer kept, a label set", eve, e1, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		patch("our finalizer added to a template", operator, t1, `{"metadata":{"finalizers":["`+ours+`"]}}`,
			"no-foreign-finalizers"),
		row{name: "deletion in the foreground", as: bob, method: "DELETE", contentType: jsonType,
			path: in("at-finance", "templateapprovals", "a1"),
			body: object{"propagationPolicy": "Foreground", "dryRun": []any{"All"}}},
	)
}

func sandboxRows() []row {
	const sandboxes = "at-finance-sandboxes"
	p1 := in(sandboxes, "pods", "p1")
	p3 := in(sandboxes, "pods", "p3")
	labelled := `{"metadata":{"labels":{"a":"c"}}}`
	const finalizers = `{"metadata":{"finalizers":["example.com/mine"]}}`
	const status = `{"status":{"message":"m"}}`
	binding := object{"apiVersion": "v1", "kind": "Binding", "metadata": object{"name": "p1", "labels": object{"a": "c"}},
		"target": object{"kind": "Node", "name": "n"}}
	spent := in(sandboxes, "resourcequotas", "countersign-sandboxes", "status")
	const unspent = `{"status":{"used":{"pods":"0"}}}`
	rows := []row{
		create("a pod", eve, "pods", pod("p2"), "pods-are-operators").inNamespace(sandboxes),
		create("a pod, by a machine with every right", gitops, "pods", pod("p2"), "pods-are-operators").
			inNamespace(sandboxes),
		create("a pod by the operator", operator, "pods", pod("p2"), "").inNamespace(sandboxes),
		create("a pod without RuntimeClass", operator, "pods", with(pod("p2"), spec(object{"runtimeClassName": nil})),
			"pods-are-sandboxed").inNamespace(sandboxes),
		create("a pod with a token", operator, "pods",
			with(pod("p2"), spec(object{"automountServiceAccountToken": true})), "pods-are-sandboxed").
			inNamespace(sandboxes),
		create("a pod that says nothing of a token", operator, "pods",
			with(pod("p2"), spec(object{"automountServiceAccountToken": nil})), "pods-are-sandboxed").
			inNamespace(sandboxes),
		create("a pod elsewhere", eve, "pods", pod("p2"), ""),
		patch("a pod labelled", eve, p1, labelled, "pods-do-not-change"),
		patch("a pod labelled by the operator", operator, p1, labelled, "pods-do-not-change"),
		patch("a pod's deadline", eve, p1, `{"spec":{"activeDeadlineSeconds":5}}`, "pods-do-not-change"),
		patch("a pod let go by the garbage collector", garbage, p1, `{"metadata":{"ownerReferences":null}}`, ""),
		patch("a pod let go by the controllers under one name", manager, p1, `{"metadata":{"ownerReferences":null}}`, ""),
		patch("a pod given an owner", eve, p1, ownedPatch, "pods-do-not-change"),
		patch("a pod held back", eve, p1, finalizers, "pods-do-not-change"),
		patch("a pod no longer held back", eve, p3, `{"metadata":{"finalizers":null}}`, ""),
		patch("a pod no longer held back, and noted", eve, p3,
			`{"metadata":{"finalizers":null,"annotations":{"a":"b"}}}`, "pods-do-not-change"),
		patch("a pod no longer held back, and labelled", eve, p3,
			`{"metadata":{"finalizers":null,"labels":{"a":"c"}}}`, "pods-do-not-change"),
		patch("a pod no longer held back, and its deadline", eve, p3,
			`{"metadata":{"finalizers":null},"spec":{"activeDeadlineSeconds":5}}`, "pods-do-not-change"),
		patch("a pod's status", eve, p1+"/status", status, "pod-status-is-nodes"),
		patch("a pod's status, by a machine with every right", gitops, p1+"/status", status, "pod-status-is-nodes"),
		patch("a pod's status, by its operator", operator, p1+"/status", status, "pod-status-is-nodes"),
		patch("a pod's status, by a person called a node", identity{user: "system:node:at-node",
			groups: []string{"admission-test:requests"}}, p1+"/status", status, "pod-status-is-nodes"),
		patch("a pod's status, by a node", node, p1+"/status", status, ""),
		patch("a pod's status, by the scheduler", scheduler, p1+"/status", status, ""),
		patch("a pod's status, by a controller", controller, p1+"/status", status, ""),
		patch("a pod's status, by the controllers under one name", manager, p1+"/status", status, ""),
		patch("a note of the network plugin's", gitops, p1+"/status", `{"metadata":{"annotations":{"a":"b"}}}`, ""),
		patch("a note of a person's", eve, p1+"/status", `{"metadata":{"annotations":{"a":"b"}}}`, "pod-status-is-nodes"),
		patch("a pod labelled by way of its status", node, p1+"/status", labelled, "pods-keep-labels"),
		patch("a pod held back by way of its status", node, p1+"/status", finalizers, "pods-keep-labels"),
		patch("an ephemeral container", eve, p1+"/ephemeralcontainers",
			`{"spec":{"ephemeralContainers":[{"name":"d","image":"i","securityContext":{"allowPrivilegeEscalation":false,`+
				`"capabilities":{"drop":["ALL"]}}}]}}`, "no-exec"),
		row{name: "a pod resized", as: eve, method: "PATCH", path: p1 + "/resize", denied: "no-exec",
			contentType: "application/json-patch+json", body: []object{{
				"op": "replace", "path": "/spec/containers/0/resources/limits/cpu", "value": "900m"}}},
		remove("a pod deleted", eve, p1, ""),
		connection("exec", eve, "exec?command=id&stdout=true", "no-exec"),
		connection("exec by the operator", operator, "exec?command=id&stdout=true", "no-exec"),
		connection("port-forward", eve, "portforward?ports=80", "no-exec"),
		connection("proxy", eve, "proxy", "no-exec"),
		connection("attach", eve, "attach?stdin=true", "attach-is-operators"),
		connection("attach, by a machine with every right", gitops, "attach?stdin=true", "attach-is-operators"),
		connection("attach by the operator", operator, "attach?stdin=true", ""),
		connection("the log", eve, "log", ""),
		row{name: "a pod bound to a node", as: eve, method: "POST", path: p1 + "/binding", contentType: jsonType,
			body: binding, denied: "binding-is-schedulers"},
		row{name: "a pod bound to a node, by the old way", as: gitops, method: "POST", contentType: jsonType,
			path: "/api/v1/namespaces/" + sandboxes + "/bindings", body: binding, denied: "binding-is-schedulers"},
		row{name: "a pod bound to a node by the scheduler", as: scheduler, method: "POST", path: p1 + "/binding",
			contentType: jsonType, body: binding},
		row{name: "a pod evicted", as: eve, method: "POST", path: p1 + "/eviction", contentType: jsonType,
			body: object{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": object{"name": "p1"}}},
		patch("a quota's status", eve, spent, unspent, "quota-status-is-controllers"),
		patch("a quota's status, by the installer", ivan, spent, unspent, "quota-status-is-controllers"),
		patch("a quota's status, by a controller", controller, spent, unspent, ""),
		patch("a quota's status, by the controllers under one name", manager, spent, unspent, ""),
	}
	for resource, body := range map[string]object{
		"configmaps":      {},
		"networkpolicies": {"spec": object{"podSelector": object{}, "egress": []any{object{}}}},
		"roles":           {"rules": []any{}},
		"rolebindings": {"roleRef": object{
			"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "countersign-probe"}},
		"resourcequotas": {"spec": object{}},
		"limitranges":    {"spec": object{"limits": []any{}}},
	} {
		made := with(body, named("new"))
		rows = append(rows,
			create(resource, eve, resource, made, "bounds-are-installers").inNamespace(sandboxes),
			create(resource+" by the installer", ivan, resource, made, "").inNamespace(sandboxes),
			create(resource+" by an installer of one namespace's own making", lars, resource, made,
				"bounds-are-installers").inNamespace(sandboxes),
			create(resource+" by the operator", operator, resource, made, "").inNamespace(sandboxes),
			create(resource+" elsewhere", eve, resource, made, ""),
		)
	}
	for _, version := range []string{"projectcalico.org/v3", "crd.antrea.io/v1beta1"} {
		policy := object{"apiVersion": version, "kind": "NetworkPolicy", "metadata": object{"name": "new"}}
		of := func(name string, as identity, namespace, denied string) row {
			return row{name: "networkpolicies of " + version + name, as: as, method: "POST", contentType: jsonType,
				path: "/apis/" + version + "/namespaces/" + namespace + "/networkpolicies", body: policy, denied: denied}
		}
		rows = append(rows,
			of("", eve, sandboxes, "bounds-are-installers"),
			of(" by the installer", ivan, sandboxes, ""),
			of(" elsewhere", eve, "at-finance", ""),
		)
	}
	quota := in(sandboxes, "resourcequotas", "countersign-sandboxes")
	wall := in(sandboxes, "networkpolicies", "countersign-deny-all")
	return append(rows,
		patch("the quota raised", eve, quota, `{"spec":{"hard":{"pods":"1000"}}}`, "bounds-are-installers"),
		patch("the quota raised by the installer", ivan, quota, `{"spec":{"hard":{"pods":"1000"}}}`, ""),
		remove("the default denial deleted", eve, wall, "bounds-are-installers"),
		remove("the quota deleted", eve, quota, "bounds-are-installers"),
		remove("the quota deleted by the namespace controller", namespaces, quota, ""),
		remove("the quota deleted by the controllers under one name", manager, quota, ""),
		create("the root certificate", publisher, "configmaps", named("kube-root-ca-2.crt"), "").inNamespace(sandboxes),
	)
}

func namespaceRows() []row {
	const path = "/api/v1/namespaces/"
	sandboxes, other := path+"at-finance-sandboxes", path+"at-finance"
	moved := `{"metadata":{"labels":{"countersign.dev/sandboxes-of":"at-legal"}}}`
	removed := `{"metadata":{"labels":{"countersign.dev/sandboxes-of":null}}}`
	weakened := `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`
	dropped := `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":null}}}`
	marked := object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{
		"name": "at-new", "labels": object{"countersign.dev/sandboxes-of": "at-finance"}}}
	return []row{
		patch("moved to another department", eve, sandboxes, moved, "namespace-is-installers"),
		patch("no longer of sandboxes", eve, sandboxes, removed, "namespace-is-installers"),
		patch("no longer of sandboxes, by way of its status", eve, sandboxes+"/status", removed,
			"namespace-is-installers"),
		replace("no longer of sandboxes, by way of its finalization", eve, sandboxes+"/finalize",
			object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": "at-finance-sandboxes"},
				"spec": object{"finalizers": []any{"kubernetes"}}}, "namespace-is-installers"),
		patch("Pod Security weakened", eve, sandboxes, weakened, "namespace-is-installers"),
		patch("Pod Security dropped", eve, sandboxes, dropped, "namespace-is-installers"),
		patch("Pod Security weakened, as installer of one namespace's own making", lars, sandboxes, weakened,
			"namespace-is-installers"),
		patch("Pod Security weakened by the installer", ivan, sandboxes, weakened, ""),
		patch("another label", eve, sandboxes, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		patch("another namespace made one of sandboxes", eve, other, moved, "namespace-is-installers"),
		patch("another namespace's Pod Security", eve, other, weakened, ""),
		row{name: "a new namespace of sandboxes", as: eve, method: "POST", path: "/api/v1/namespaces",
			contentType: jsonType, body: marked, denied: "namespace-is-installers"},
		row{name: "a new namespace of sandboxes by the installer", as: ivan, method: "POST",
			path: "/api/v1/namespaces", contentType: jsonType, body: marked},
	}
}

func mutationRows() []row {
	t1 := in("at-finance", "codetemplates", "t1")
	a1 := in("at-finance", "templateapprovals", "a1")
	both := `{"spec":{"authors":[{"username":"ann"},{"username":"carol"}]}}`
	rows := []row{
		create("an approver", bob, "templateapprovals", templateApproval(""), "").
			holding(`{"spec":{"grant":{"approvedBy":{"username":"bob","uid":"uid-of-bob"}}}}`),
		create("an approver's uid", bob, "templateapprovals", templateApproval("bob"), "").
			holding(`{"spec":{"grant":{"approvedBy":{"username":"bob","uid":"uid-of-bob"}}}}`),
		create("an approver of a run", bob, "executionapprovals", executionApproval(""), "").
			holding(`{"spec":{"approvedBy":{"username":"bob","uid":"uid-of-bob"}}}`),
		create("an approver without a uid", nora, "templateapprovals", templateApproval(""), "").
			holding(`{"spec":{"grant":{"approvedBy":{"username":"nora"}}}}`),
		create("a stated name is left to the rule", bob, "templateapprovals", templateApproval("carol"),
			"approver-is-caller"),
		create("a machine is named too, and refused", gitops, "templateapprovals", templateApproval(""),
			"machines-never-approve"),
		create("a requester", agent, "executions", execution(""), "").
			holding(`{"spec":{"requestedBy":{"username":"` + agent.username() + `"}}}`),
		create("a person who asks", eve, "executions", execution(""), "").
			holding(`{"spec":{"requestedBy":{"username":"eve"}}}`),
		create("our finalizer, put on", agent, "executions", execution(agent.username()), "").
			holding(`{"metadata":{"finalizers":["` + ours + `"]}}`),
		create("our finalizer, there already", agent, "executions", with(execution(agent.username()), finalized(ours)), "").
			holding(`{"metadata":{"finalizers":["` + ours + `"]}}`),
		create("an empty list of finalizers", agent, "executions", with(execution(agent.username()), finalized()), "").
			holding(`{"metadata":{"finalizers":["` + ours + `"]}}`),
		create("a foreign finalizer is left to the rule", agent, "executions",
			with(execution(agent.username()), foreignFinalizer), "no-foreign-finalizers"),
		patch("no finalizer put on by a change", eve, in("at-finance", "codetemplates", "t1"),
			`{"metadata":{"labels":{"a":"b"}}}`, "").without("metadata.finalizers"),
		patch("a revoker", bob, a1, `{"spec":{"revocation":{"reason":"wrong"}}}`, "").
			holding(`{"spec":{"revocation":{"reason":"wrong","revokedBy":{"username":"bob","uid":"uid-of-bob"}}}}`),
		patch("a revoker who says nothing", bob, a1, `{"spec":{"revocation":{}}}`, "").
			holding(`{"spec":{"revocation":{"revokedBy":{"username":"bob","uid":"uid-of-bob"}}}}`),
		patch("a revoker without the verb", eve, a1, `{"spec":{"revocation":{}}}`, "revoke-authority"),
		create("an author", ann, "codetemplates", template(), "").holding(`{"spec":{"authors":[{"username":"ann"}]}}`),
		create("no machine as an author", gitops, "codetemplates", template(), "").without("spec.authors"),
		create("no grant at all", bob, "templateapprovals", custom("TemplateApproval", "new", object{}), "").
			saying("spec.grant"),
		create("no spec at all", eve, "executions",
			object{"apiVersion": "countersign.dev/v1alpha1", "kind": "Execution", "metadata": object{"name": "new"}}, "").
			saying("spec"),
		apply("an author who applies", carol, t1, with(template(), object{
			"metadata": object{"name": "t1"}, "spec": object{"code": "print(2)"}})).holding(both),
	}
	for _, change := range behaviours {
		rows = append(rows, patch("an author of a change: "+change, carol, t1, change, "").holding(both))
	}
	return rows
}

// behaviours changes each field that belongs to what a template does.
var behaviours = []string{
	`{"spec":{"code":"print(2)"}}`,
	`{"spec":{"code":null,"freeform":true}}`,
	`{"spec":{"language":"Bash"}}`,
	`{"spec":{"inputs":{"schema":{"type":"object"}}}}`,
	`{"spec":{"limits":{"cpuTimeSeconds":6}}}`,
	`{"spec":{"egress":{"allow":[{"host":"example.com","port":443}]}}}`,
	`{"spec":{"autonomy":"Supervised"}}`,
	`{"spec":{"runtimeImage":"i@` + digest + `"}}`,
	`{"spec":{"retries":1}}`,
	`{"spec":{"allowedAgents":["a"]}}`,
}

// unaidedRows hold where the cluster fills in nothing.
func unaidedRows() []row {
	t1 := in("at-finance", "codetemplates", "t1")
	a1 := in("at-finance", "templateapprovals", "a1")
	rows := []row{
		create("an approver must say who", bob, "templateapprovals", templateApproval(""), "").
			saying("spec.grant.approvedBy: Required value"),
		create("an approver says who", bob, "templateapprovals", templateApproval("bob"), ""),
		create("a requester must say who", agent, "executions", execution(""), "").
			saying("spec.requestedBy: Required value"),
		create("a requester says who", agent, "executions", execution(agent.username()), "").
			without("metadata.finalizers"),
		patch("a revoker must say who", bob, a1, `{"spec":{"revocation":{}}}`, "").
			saying("spec.revocation.revokedBy: Required value"),
		create("an author must say who", ann, "codetemplates", template(), "author-states-self"),
		create("an author says who", ann, "codetemplates", template("ann"), ""),
		create("an author says another", ann, "codetemplates", template("carol"), "author-states-self"),
		create("a machine need not", gitops, "codetemplates", template(), ""),
		patch("a description", carol, t1, `{"spec":{"description":"text"}}`, ""),
		patch("waiting sandboxes", carol, t1, `{"spec":{"warm":{"min":1}}}`, ""),
		patch("a change by a machine", gitops, t1, `{"spec":{"code":"print(2)"}}`, ""),
		patch("a change by an author", ann, t1, `{"spec":{"code":"print(2)"}}`, ""),
		patch("a change by one who joins the authors", carol, t1,
			`{"spec":{"code":"print(2)","authors":[{"username":"ann"},{"username":"carol"}]}}`, ""),
	}
	for _, change := range behaviours {
		rows = append(rows, patch("a change by nobody's author: "+change, carol, t1, change, "author-states-self"))
	}
	return rows
}

// frozenRows hold where the CRDs' own rules are gone: the policy alone keeps decisions as they are.
func frozenRows() []row {
	a1, a2 := in("at-finance", "templateapprovals", "a1"), in("at-finance", "templateapprovals", "a2")
	e1 := in("at-finance", "executionapprovals", "e1")
	const rule = "only-revocation-changes"
	return []row{
		patch("a grant edited", bob, a1, `{"spec":{"grant":{"templateDigest":"sha256:`+strings.Repeat("b", 64)+`"}}}`, rule),
		patch("a grant narrowed", bob, a1, `{"spec":{"grant":{"ceilings":{"autonomy":"Supervised"}}}}`, rule),
		patch("a grant edited by a machine with every right", gitops, a1, `{"spec":{"grant":{"validForSeconds":60}}}`, rule),
		patch("a revocation taken back", bob, a2, `{"spec":{"revocation":null}}`, rule),
		patch("a revocation reworded", bob, a2, `{"spec":{"revocation":{"reason":"other"}}}`, rule),
		patch("a run's approval edited", eve, e1, `{"spec":{"decision":"Denied"}}`, rule),
		patch("a label", bob, a1, `{"metadata":{"labels":{"a":"b"}}}`, ""),
		patch("a revocation", bob, a1, `{"spec":{"revocation":{"revokedBy":{"username":"bob"}}}}`, ""),
	}
}
