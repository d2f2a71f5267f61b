package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	operatorNamespace = "countersign-admission-test"
	// settled bounds the wait for one change to take effect: policies are read from a watch, and within seconds.
	settled = 30 * time.Second
	pause   = 200 * time.Millisecond
)

// places says of each kind that is installed where it is served, in the order of creation; %s stands for the namespace. What the chart renders
// beyond that (the operator itself, its volume, its Service) is left out: nothing runs here.
var places = []struct{ kind, path string }{
	{"Namespace", "/api/v1/namespaces"},
	{"CustomResourceDefinition", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"},
	{"RuntimeClass", "/apis/node.k8s.io/v1/runtimeclasses"},
	{"ServiceAccount", "/api/v1/namespaces/%s/serviceaccounts"},
	{"ConfigMap", "/api/v1/namespaces/%s/configmaps"},
	{"ResourceQuota", "/api/v1/namespaces/%s/resourcequotas"},
	{"LimitRange", "/api/v1/namespaces/%s/limitranges"},
	{"NetworkPolicy", "/apis/networking.k8s.io/v1/namespaces/%s/networkpolicies"},
	{"ClusterRole", "/apis/rbac.authorization.k8s.io/v1/clusterroles"},
	{"ClusterRoleBinding", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"},
	{"Role", "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/roles"},
	{"RoleBinding", "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/rolebindings"},
	{"ValidatingAdmissionPolicy", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"},
	{"ValidatingAdmissionPolicyBinding", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"},
	{"MutatingAdmissionPolicy", "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"},
	{"MutatingAdmissionPolicyBinding", "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings"},
}

// installation is what the test put into the cluster.
type installation struct {
	*cluster
	objects []object
	mutates bool
}

// install renders the chart with values.yaml and creates the parts that matter here. It refuses a cluster that has the
// chart's CRDs or policies: they would be somebody else's.
func install(c *cluster) (*installation, error) {
	i := &installation{cluster: c}
	found, err := c.send(identity{}, "GET", "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies", "", nil)
	if err != nil {
		return i, err
	}
	i.mutates = found.code == 200
	rendered, err := i.render()
	if err != nil {
		return i, err
	}
	extra, err := os.ReadFile("subjects.yaml")
	if err != nil {
		return i, err
	}
	if i.objects, err = parse(rendered + "\n---\n" + string(extra)); err != nil {
		return i, err
	}
	i.objects = append(i.objects, object{"kind": "Namespace", "metadata": object{"name": operatorNamespace}})
	for _, place := range places {
		for _, o := range i.objects {
			if o["kind"] != place.kind {
				continue
			}
			if err := i.create(place.path, o); err != nil {
				return i, err
			}
		}
	}
	return i, i.settle()
}

func (i *installation) render() (string, error) {
	helm := os.Getenv("HELM")
	if helm == "" {
		helm = "helm"
	}
	ctx, cancel := context.WithTimeout(i.ctx, time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, helm, "template", "countersign", "../../countersign", "--namespace",
		operatorNamespace, "--values", "values.yaml", "--kube-version", "1.36.0",
		"--set", fmt.Sprintf("admission.mutating=%t", i.mutates))
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("helm template: %w\n%s", err, problems.String())
	}
	return out.String(), nil
}

func parse(manifests string) ([]object, error) {
	var all []object
	decoder := yaml.NewDecoder(strings.NewReader(manifests))
	for {
		var o object
		err := decoder.Decode(&o)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if o != nil {
			all = append(all, o)
		}
	}
}

func (i *installation) create(place string, o object) error {
	metadata := o["metadata"].(object)
	path := place
	if strings.Contains(place, "%s") {
		path = fmt.Sprintf(place, metadata["namespace"])
	}
	if _, err := i.must("POST", path, "application/json", o); err != nil {
		return fmt.Errorf("%v %v: %w", o["kind"], metadata["name"], err)
	}
	i.created = append(i.created, fmt.Sprintf("%s/%v", path, metadata["name"]))
	return nil
}

// settle waits until CRDs are served and each validating policy is in force, shown by a request it must refuse.
func (i *installation) settle() error {
	if err := i.await("the CRDs to be served", func() bool {
		for _, kind := range []string{"codetemplates", "templateapprovals", "executions", "executionapprovals"} {
			if r, err := i.send(identity{}, "GET", in("at-finance", kind), "", nil); err != nil || r.code != 200 {
				return false
			}
		}
		return true
	}); err != nil {
		return err
	}
	for _, forgery := range []row{
		create("", eve, "templateapprovals", with(templateApproval("bob"), nil), "approver-is-caller"),
		create("", eve, "executions", execution("bob"), "requester-is-caller"),
		create("", eve, "codetemplates", with(template("eve", "bob"), nil), "authors-only-self"),
		create("", eve, "executions", with(execution("eve"), foreignFinalizer), "no-foreign-finalizers"),
		create("", eve, "pods", pod("x"), "pods-are-operators").inNamespace("at-finance-sandboxes"),
		patch("", eve, "/api/v1/namespaces/at-finance-sandboxes", `{"metadata":{"labels":{"countersign.dev/sandboxes-of":"x"}}}`,
			"namespace-is-installers"),
	} {
		var seen []string
		if err := i.await(forgery.denied+" to be in force", func() bool {
			seen = forgery.problems(i.cluster)
			return len(seen) == 0
		}); err != nil {
			return fmt.Errorf("%w: %s", err, strings.Join(seen, "; "))
		}
	}
	if !i.mutates {
		return nil
	}
	return i.await("names to be filled in", func() bool { return i.fillsIn() })
}

func (i *installation) fillsIn() bool {
	for _, r := range []row{
		create("", bob, "templateapprovals", templateApproval(""), ""),
		create("", agent, "executions", execution(""), ""),
		create("", ann, "codetemplates", template(), ""),
	} {
		if len(r.problems(i.cluster)) != 0 {
			return false
		}
	}
	return true
}

func (i *installation) await(what string, done func() bool) error {
	for deadline := time.Now().Add(settled); time.Now().Before(deadline); time.Sleep(pause) {
		if i.ctx.Err() != nil {
			return i.ctx.Err()
		}
		if done() {
			return nil
		}
	}
	return fmt.Errorf("waited %s in vain for %s", settled, what)
}

// unbindMutations takes the mutating policies out of force, so that what they fill in must be stated.
func (i *installation) unbindMutations() error {
	if !i.mutates {
		return nil
	}
	for _, path := range slices.Clone(i.created) {
		if strings.Contains(path, "/mutatingadmissionpolicybindings/") {
			if err := i.delete(path); err != nil {
				return err
			}
		}
	}
	return i.await("names to be filled in no more", func() bool {
		refused := create("", bob, "templateapprovals", templateApproval(""), "")
		template := create("", ann, "codetemplates", template(), "author-states-self")
		run := create("", agent, "executions", execution(""), "")
		return len(refused.problems(i.cluster)) > 0 && len(run.problems(i.cluster)) > 0 &&
			len(template.problems(i.cluster)) == 0
	})
}

// dropCRDRules removes the CEL rules of the two approval kinds' specs, so that the policies alone keep them frozen.
func (i *installation) dropCRDRules() error {
	for _, kind := range []string{"templateapprovals", "executionapprovals"} {
		path := "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + kind + ".countersign.dev"
		_, err := i.must("PATCH", path, "application/json-patch+json", []object{{
			"op":   "remove",
			"path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations",
		}})
		if err != nil {
			return err
		}
	}
	return i.await("the CRD's own rules to be gone", func() bool {
		return len(patch("", bob, in("at-finance", "templateapprovals", "a1"), `{"spec":{"grant":{"reason":"other"}}}`,
			"only-revocation-changes").problems(i.cluster)) == 0 &&
			len(patch("", eve, in("at-finance", "executionapprovals", "e1"), `{"spec":{"reason":"other"}}`,
				"only-revocation-changes").problems(i.cluster)) == 0
	})
}

var bracketed = regexp.MustCompile(`^\[([a-z-]+)\]`)

// ruleIDs are the ids of all rules of the rendered validating policies.
func (i *installation) ruleIDs() []string {
	ids := map[string]bool{}
	for _, o := range i.objects {
		if o["kind"] != "ValidatingAdmissionPolicy" {
			continue
		}
		for _, validation := range o["spec"].(object)["validations"].([]any) {
			if found := bracketed.FindStringSubmatch(validation.(object)["message"].(string)); found != nil {
				ids[found[1]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

func (i *installation) delete(path string) error {
	r, err := i.send(identity{}, "DELETE", path, "application/json", object{"propagationPolicy": "Background"})
	if err != nil {
		return err
	}
	if r.code >= 300 && r.code != 404 {
		return fmt.Errorf("DELETE %s: %d %s", path, r.code, r.message())
	}
	i.created = slices.DeleteFunc(i.created, func(each string) bool { return each == path })
	return nil
}

// remove takes away all that was created, the policies first, since they would hold back the rest, and waits until it
// is gone.
func (i *installation) remove() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	i.ctx = ctx
	run := in("at-finance", "executions", "e1")
	if slices.Contains(i.created, run) {
		released := patch("", uninstall, run, `{"metadata":{"finalizers":null}}`, "").kept()
		for _, problem := range released.problems(i.cluster) {
			fmt.Fprintln(os.Stderr, "admission: our finalizer not removed:", problem)
		}
	}
	held := in("at-finance-sandboxes", "pods", "p3")
	if slices.Contains(i.created, held) {
		released := patch("", eve, held, `{"metadata":{"finalizers":null}}`, "").kept()
		for _, problem := range released.problems(i.cluster) {
			fmt.Fprintln(os.Stderr, "admission: the pod's finalizer not removed:", problem)
		}
	}
	all := slices.Clone(i.created)
	slices.Reverse(all)
	for _, path := range all {
		if err := i.delete(path); err != nil {
			fmt.Fprintln(os.Stderr, "admission: not removed:", err)
		}
	}
	if err := i.await("what was installed to be gone", func() bool {
		return !slices.ContainsFunc(all, func(path string) bool {
			r, err := i.send(identity{}, "GET", path, jsonType, nil)
			return err != nil || r.code != 404
		})
	}); err != nil {
		fmt.Fprintln(os.Stderr, "admission:", err)
	}
}
