// Package world is what the scenarios play in: a cluster with Countersign, its people, a GitOps controller that may do
// everything, and a Git repository with the examples and the roles of those people.
package world

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"countersign.dev/gitops/application"
	"countersign.dev/gitops/health"
)

const (
	// Author may write templates by hand, Approver may approve; both by a RoleBinding that stands in Git.
	Author   = "theo"
	Approver = "anna"

	// Label is on everything that a scenario makes.
	Label = "countersign-gitops-test"

	agent = "gitops-agent"
	// ArgoCD is the namespace of the controller and of its settings, and the name of its rights.
	ArgoCD              = "countersign-gitops-test"
	controllerNamespace = ArgoCD
	controller          = "argocd-application-controller"
	prefix              = "gitops-"

	tokenSeconds = 3600
	// How long the operator may take to make up its mind, and a run to end, on a busy machine.
	patience = 90 * time.Second
	pause    = 200 * time.Millisecond
)

// World is the cluster as one test uses it. What the test makes is deleted before and after it.
type World struct {
	*testing.T
	// Namespace is the department.
	Namespace string
	config    *rest.Config
	clients   *kubernetes.Clientset
}

// Enter connects to the cluster of KUBECONFIG, where Countersign must be installed with the department finance, or the
// one that COUNTERSIGN_DEPARTMENT names.
func Enter(t *testing.T) *World {
	t.Helper()
	file := os.Getenv("KUBECONFIG")
	if file == "" {
		t.Fatal("KUBECONFIG is not set: it names the cluster, where Countersign is installed")
	}
	config, err := clientcmd.BuildConfigFromFlags("", file)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS, config.Burst = 100, 200
	config.WarningHandler = rest.NoWarnings{}
	namespace := os.Getenv("COUNTERSIGN_DEPARTMENT")
	if namespace == "" {
		namespace = "finance"
	}
	world := &World{t, namespace, config, kubernetes.NewForConfigOrDie(config)}
	world.leaveNothing()
	t.Cleanup(world.leaveNothing)
	world.makeController()
	return world
}

// Admin is the cluster's administrator.
func (world *World) Admin() *Person {
	return world.person("admin", world.config)
}

// As is a person of that name, with the rights that they have.
func (world *World) As(username string) *Person {
	config := rest.CopyConfig(world.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: username}
	return world.person(username, config)
}

// Controller is the GitOps controller, a ServiceAccount with every right, as Argo CD's own has it.
func (world *World) Controller() *Person {
	return world.serviceAccount(controllerNamespace, controller)
}

// Agent is a ServiceAccount that may create Executions, by a RoleBinding that stands in Git.
func (world *World) Agent() *Person {
	world.ensureServiceAccount(world.Namespace, agent)
	return world.serviceAccount(world.Namespace, agent)
}

// BindAuthor makes a service account of the department that may write templates and nothing else.
func (world *World) BindAuthor() string {
	world.Helper()
	const name = prefix + "sync"
	world.ensureServiceAccount(world.Namespace, name)
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{Label: "yes"}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "countersign-author"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: world.Namespace, Name: name}},
	}
	_, err := world.clients.RbacV1().RoleBindings(world.Namespace).Create(world.Context(), binding, metav1.CreateOptions{})
	world.must(err)
	return "system:serviceaccount:" + world.Namespace + ":" + name
}

// Impersonated is a service account as a controller acts that impersonates it.
func (world *World) Impersonated(username string) *Person {
	world.Helper()
	config := rest.CopyConfig(world.Controller().Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: username}
	return world.person(username, config)
}

func (world *World) serviceAccount(namespace, name string) *Person {
	world.Helper()
	seconds := int64(tokenSeconds)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &seconds}}
	token, err := world.clients.CoreV1().ServiceAccounts(namespace).
		CreateToken(world.Context(), name, request, metav1.CreateOptions{})
	world.must(err)
	config := rest.AnonymousClientConfig(world.config)
	config.QPS, config.Burst, config.WarningHandler = world.config.QPS, world.config.Burst, world.config.WarningHandler
	config.BearerToken = token.Status.Token
	return world.person("system:serviceaccount:"+namespace+":"+name, config)
}

func (world *World) person(username string, config *rest.Config) *Person {
	world.Helper()
	client, err := dynamic.NewForConfig(config)
	world.must(err)
	return &Person{world, username, config, client}
}

// Checks are the chart's health checks, as Argo CD has them in its argocd-cm.
func (world *World) Checks() application.Checks {
	world.Helper()
	checks, err := health.Load(filepath.Join(root, "helm/countersign/files/argocd"))
	world.must(err)
	return application.Checks{Checks: checks}
}

// Application keeps the department as the repository says, by the controller.
func (world *World) Application(repository *Repository) *Application {
	world.Helper()
	opened, err := application.Open(
		world.Controller().Config, "countersign", world.Namespace, repository.Repository, world.Checks())
	world.must(err)
	world.Cleanup(opened.Close)
	return &Application{world, opened}
}

// Await asks until the answer is no error; the last error is what fails the test.
func (world *World) Await(what string, ask func() error) {
	world.Helper()
	var last error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(pause) {
		if last = ask(); last == nil {
			return
		}
	}
	world.Fatalf("%s: not within %s: %v", what, patience, last)
}

func (world *World) must(err error) {
	world.Helper()
	if err != nil {
		world.Fatal(err)
	}
}

// makeController gives the controller the rights that Argo CD's manifests give its own: all on everything.
func (world *World) makeController() {
	world.Helper()
	_, err := world.clients.CoreV1().Namespaces().Create(world.Context(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: controllerNamespace}}, metav1.CreateOptions{})
	world.mustExist(err)
	world.ensureServiceAccount(controllerNamespace, controller)
	everything := []rbacv1.PolicyRule{
		{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}},
		{NonResourceURLs: []string{"*"}, Verbs: []string{"*"}},
	}
	_, err = world.clients.RbacV1().ClusterRoles().Create(world.Context(), &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: controllerNamespace}, Rules: everything,
	}, metav1.CreateOptions{})
	world.mustExist(err)
	_, err = world.clients.RbacV1().ClusterRoleBindings().Create(world.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: controllerNamespace},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: controllerNamespace},
		Subjects: []rbacv1.Subject{
			{Kind: rbacv1.ServiceAccountKind, Namespace: controllerNamespace, Name: controller},
		},
	}, metav1.CreateOptions{})
	world.mustExist(err)
	// Its rights are known to the authorizer a moment later.
	world.Await("the controller's rights", func() error {
		_, err := world.Controller().client.Resource(Templates).Namespace(world.Namespace).
			List(world.Context(), metav1.ListOptions{Limit: 1})
		return err
	})
}

// PutArgoCDSettings makes a ConfigMap of the controller's, with that content and nothing else.
func (world *World) PutArgoCDSettings(name string, data map[string]any) {
	world.Helper()
	there := world.Admin().client.Resource(configMaps).Namespace(ArgoCD)
	err := there.Delete(world.Context(), name, metav1.DeleteOptions{})
	if !apierrors.IsNotFound(err) {
		world.must(err)
	}
	_, err = there.Create(world.Context(), &Object{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name}, "data": data,
	}}, metav1.CreateOptions{})
	world.must(err)
}

// ArgoCDSettings reads a ConfigMap of the controller's.
func (world *World) ArgoCDSettings(name string) *Object {
	world.Helper()
	read, err := world.Admin().client.Resource(configMaps).Namespace(ArgoCD).Get(world.Context(), name, metav1.GetOptions{})
	world.must(err)
	return read
}

func (world *World) ensureServiceAccount(namespace, name string) {
	world.Helper()
	_, err := world.clients.CoreV1().ServiceAccounts(namespace).Create(world.Context(),
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	world.mustExist(err)
}

func (world *World) mustExist(err error) {
	world.Helper()
	if !apierrors.IsAlreadyExists(err) {
		world.must(err)
	}
}

// leaveNothing deletes what a scenario made, runs first; also what an interrupted one left.
func (world *World) leaveNothing() {
	world.Helper()
	// The test's own context has ended when its clean-up runs.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	admin := world.Admin().client
	// Nobody is to find a token for everything later.
	for _, err := range []error{
		world.clients.RbacV1().ClusterRoleBindings().Delete(ctx, controllerNamespace, metav1.DeleteOptions{}),
		world.clients.RbacV1().ClusterRoles().Delete(ctx, controllerNamespace, metav1.DeleteOptions{}),
	} {
		if err != nil && !apierrors.IsNotFound(err) {
			world.Errorf("taking the controller's rights: %v", err)
		}
	}
	labelled := metav1.ListOptions{LabelSelector: Label}
	for _, kind := range []Kind{Executions, Approvals, Templates, roleBindings, configMaps} {
		err := admin.Resource(kind).Namespace(world.Namespace).
			DeleteCollection(ctx, metav1.DeleteOptions{}, labelled)
		if err != nil {
			world.Errorf("deleting %s: %v", kind.Resource, err)
			continue
		}
		for {
			left, err := admin.Resource(kind).Namespace(world.Namespace).List(ctx, labelled)
			if err == nil && len(left.Items) == 0 {
				break
			}
			if ctx.Err() != nil {
				world.Errorf("%s are left: %v %v", kind.Resource, names(left), err)
				break
			}
			time.Sleep(pause)
		}
	}
}

var root = func() string {
	directory, err := filepath.Abs("../..")
	if err != nil || !strings.HasSuffix(must(filepath.Abs("..")), "gitops") {
		panic("the tests run in a package below gitops/")
	}
	return directory
}()

func must(text string, err error) string {
	if err != nil {
		panic(err)
	}
	return text
}
