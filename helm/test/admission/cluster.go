package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// object is one manifest, or what the API server answered.
type object = map[string]any

// identity is who sends a request: a user by impersonation, or a ServiceAccount (namespace/name) by a real token.
type identity struct {
	user, uid string
	groups    []string
	account   string
}

// cluster is an API server, reached with the rights of a kubeconfig.
type cluster struct {
	ctx     context.Context
	server  string
	token   string
	admin   *http.Client
	nobody  *http.Client
	tokens  map[string]string
	created []string
}

// connect reads the current context of a kubeconfig: client certificate or token, files or data.
func connect(ctx context.Context, path string) (*cluster, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("KUBECONFIG: %w", err)
	}
	var config struct {
		Current  string `yaml:"current-context"`
		Contexts []struct {
			Name    string
			Context struct{ Cluster, User string }
		}
		Clusters []struct {
			Name    string
			Cluster map[string]string
		}
		Users []struct {
			Name string
			User map[string]string
		}
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var server, user map[string]string
	for _, each := range config.Contexts {
		if each.Name != config.Current {
			continue
		}
		for _, s := range config.Clusters {
			if s.Name == each.Context.Cluster {
				server = s.Cluster
			}
		}
		for _, u := range config.Users {
			if u.Name == each.Context.User {
				user = u.User
			}
		}
	}
	authority, err := entry(server, "certificate-authority")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, errors.New("the kubeconfig's certificate-authority holds no certificate")
	}
	trusting := &tls.Config{RootCAs: roots}
	known := trusting.Clone()
	if user["token"] == "" {
		certificate, err1 := entry(user, "client-certificate")
		key, err2 := entry(user, "client-key")
		pair, err3 := tls.X509KeyPair(certificate, key)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, err
		}
		known.Certificates = []tls.Certificate{pair}
	}
	client := func(c *tls.Config) *http.Client { return &http.Client{Transport: &http.Transport{TLSClientConfig: c}} }
	return &cluster{
		ctx: ctx, server: server["server"], token: user["token"], admin: client(known), nobody: client(trusting),
		tokens: map[string]string{},
	}, nil
}

// entry is a kubeconfig's KEY-data, decoded, or the content of the file that KEY names.
func entry(of map[string]string, key string) ([]byte, error) {
	if data := of[key+"-data"]; data != "" {
		return base64.StdEncoding.DecodeString(data)
	}
	return os.ReadFile(of[key])
}

// reply is an answer of the API server.
type reply struct {
	code int
	body object
}

func (r reply) message() string {
	text, _ := r.body["message"].(string)
	return text
}

// send sends one request. An identity without name is the kubeconfig's own.
func (c *cluster) send(as identity, method, path, contentType string, body any) (reply, error) {
	payload, err := json.Marshal(body)
	if err != nil {
		return reply{}, err
	}
	request, err := http.NewRequestWithContext(c.ctx, method, c.server+path, bytes.NewReader(payload))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Content-Type", contentType)
	client := c.admin
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if as.account != "" {
		token, err := c.tokenOf(as.account)
		if err != nil {
			return reply{}, err
		}
		client = c.nobody
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if as.user != "" {
		request.Header.Set("Impersonate-User", as.user)
		for _, group := range as.groups {
			request.Header.Add("Impersonate-Group", group)
		}
		if as.uid != "" {
			request.Header.Set("Impersonate-Uid", as.uid)
		}
	}
	answer, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 8<<20))
	if err != nil {
		return reply{}, err
	}
	r := reply{code: answer.StatusCode}
	if json.Unmarshal(text, &r.body) != nil {
		r.body = object{"message": string(text)}
	}
	return r, nil
}

// tokenOf asks once for a token of a ServiceAccount.
func (c *cluster) tokenOf(account string) (string, error) {
	if token := c.tokens[account]; token != "" {
		return token, nil
	}
	namespace, name, _ := strings.Cut(account, "/")
	answer, err := c.must("POST", "/api/v1/namespaces/"+namespace+"/serviceaccounts/"+name+"/token", "application/json",
		object{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": object{}})
	if err != nil {
		return "", err
	}
	status, _ := answer["status"].(object)
	token, _ := status["token"].(string)
	if token == "" {
		return "", fmt.Errorf("no token for %s", account)
	}
	c.tokens[account] = token
	return token, nil
}

// must sends under the kubeconfig's own rights, and takes nothing but success.
func (c *cluster) must(method, path, contentType string, body any) (object, error) {
	r, err := c.send(identity{}, method, path, contentType, body)
	if err != nil {
		return nil, err
	}
	if r.code >= 300 {
		return nil, fmt.Errorf("%s %s: %d %s", method, path, r.code, r.message())
	}
	return r.body, nil
}
