// Package kube holds who calls the API server in a benchmark, and what every part of it needs of the cluster.
package kube

import (
	"context"
	"fmt"

	authentication "k8s.io/api/authentication/v1"
	core "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Label marks all that a benchmark makes; its value is the name of the run.
const Label = "countersign-benchmark"

// Caller is somebody with clients of their own, without a limit of the client's own on requests: that would measure the
// limit.
type Caller struct {
	// Username is by which the API server knows the caller; empty for the administrator.
	Username string
	Config   *rest.Config
	Typed    kubernetes.Interface
	Dynamic  dynamic.Interface
}

// Administrator is whom the kubeconfig names.
func Administrator() (*Caller, error) {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		return nil, err
	}
	return caller(config, "")
}

// As is a person by this name, by impersonation.
func (c *Caller) As(username string) (*Caller, error) {
	config := rest.CopyConfig(c.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: username}
	return caller(config, username)
}

// Agent is a ServiceAccount with a token and the rights of an agent in its namespace; both are made where missing.
func (c *Caller) Agent(ctx context.Context, namespace, name, run string) (*Caller, error) {
	labels := map[string]string{Label: run}
	account := &core.ServiceAccount{ObjectMeta: meta.ObjectMeta{Name: name, Labels: labels}}
	_, err := c.Typed.CoreV1().ServiceAccounts(namespace).Create(ctx, account, meta.CreateOptions{})
	if err != nil && !errors.IsAlreadyExists(err) {
		return nil, err
	}
	if err == nil {
		binding := &rbac.RoleBinding{
			ObjectMeta: meta.ObjectMeta{Name: "benchmark-" + name, Labels: labels},
			RoleRef:    rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "ClusterRole", Name: "countersign-agent"},
			Subjects:   []rbac.Subject{{Kind: rbac.ServiceAccountKind, Name: name, Namespace: namespace}},
		}
		_, err := c.Typed.RbacV1().RoleBindings(namespace).Create(ctx, binding, meta.CreateOptions{})
		if err != nil && !errors.IsAlreadyExists(err) {
			return nil, err
		}
	}
	hours := int64(2 * 3600)
	token, err := c.Typed.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name,
		&authentication.TokenRequest{Spec: authentication.TokenRequestSpec{ExpirationSeconds: &hours}},
		meta.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("token of %s: %w", name, err)
	}
	config := rest.AnonymousClientConfig(c.Config)
	config.BearerToken = token.Status.Token
	return caller(config, "system:serviceaccount:"+namespace+":"+name)
}

func caller(config *rest.Config, username string) (*Caller, error) {
	config.QPS = -1
	config.UserAgent = "countersign-benchmark"
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	untyped, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return &Caller{Username: username, Config: config, Typed: typed, Dynamic: untyped}, nil
}
