package reach

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// realCluster is a cluster on this machine with the agent running. NETPOL_TEST_KUBECONFIG names the file that leads
// to it, NETPOL_TEST_IMAGE an image there whose program waits.
type realCluster struct {
	client kubernetes.Interface
	image  string
}

func openCluster(t *testing.T) *realCluster {
	t.Helper()
	path, image := os.Getenv("NETPOL_TEST_KUBECONFIG"), os.Getenv("NETPOL_TEST_IMAGE")
	if path == "" || image == "" {
		t.Skip("needs NETPOL_TEST_KUBECONFIG and NETPOL_TEST_IMAGE")
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS, config.Burst = 100, 100
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return &realCluster{client, image}
}

// namespace makes an empty namespace with that label and waits until pods can be made in it.
func (c *realCluster) namespace(t *testing.T, name string) {
	t.Helper()
	ctx := context.Background()
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"test": name}}}
	if _, err := c.client.CoreV1().Namespaces().Create(ctx, object, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		now := int64(0)
		_ = c.client.CoreV1().Pods(name).DeleteCollection(ctx, metav1.DeleteOptions{GracePeriodSeconds: &now},
			metav1.ListOptions{})
		if err := c.client.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			t.Errorf("delete namespace %s: %v", name, err)
		}
	})
	within(t, 20*time.Second, "service account", func() bool {
		_, err := c.client.CoreV1().ServiceAccounts(name).Get(ctx, "default", metav1.GetOptions{})
		return err == nil
	})
}

// startPod makes a pod and returns at once.
func (c *realCluster) startPod(t *testing.T, namespace, name string) {
	t.Helper()
	no, grace := false, int64(0)
	object := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": name}},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken: &no, TerminationGracePeriodSeconds: &grace,
			Containers: []corev1.Container{{Name: "main", Image: c.image, ImagePullPolicy: corev1.PullNever}},
		},
	}
	_, err := c.client.CoreV1().Pods(namespace).Create(context.Background(), object, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// runningPod waits for the pod and gives its network namespace.
func (c *realCluster) runningPod(t *testing.T, namespace, name string) *host {
	t.Helper()
	var address string
	within(t, time.Minute, "pod "+name, func() bool {
		p, err := c.client.CoreV1().Pods(namespace).Get(context.Background(), name, metav1.GetOptions{})
		address = p.Status.PodIP
		return err == nil && p.Status.Phase == corev1.PodRunning && address != ""
	})
	for path := range namespacesOfPods(t) {
		out, err := exec.Command("nsenter", "--net="+path, "ip", "-4", "-o", "addr", "show", "dev", "eth0").Output()
		if err == nil && strings.Contains(string(out), " "+address+"/") {
			return &host{path, address}
		}
	}
	t.Fatalf("no network namespace has %s", address)
	return nil
}

// namespacesOfPods gives the files that the container runtime keeps network namespaces open by.
func namespacesOfPods(t *testing.T) map[string]bool {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string]bool{}
	for line := range strings.Lines(string(mounts)) {
		// Fields of proc_pid_mountinfo(5): the fifth is where it is mounted.
		if fields := strings.Fields(line); strings.Contains(fields[4], "/cni-") && strings.Contains(line, " - nsfs ") {
			paths[fields[4]] = true
		}
	}
	return paths
}

func (c *realCluster) deny(t *testing.T, namespace string) {
	t.Helper()
	ctx := context.Background()
	policy := &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "deny"},
		Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
		},
	}
	_, err := c.client.NetworkingV1().NetworkPolicies(namespace).Create(ctx, policy, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

func (c *realCluster) allow(t *testing.T, namespace string) {
	t.Helper()
	err := c.client.NetworkingV1().NetworkPolicies(namespace).Delete(context.Background(), "deny", metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
}

func within(t *testing.T, limit time.Duration, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("%s: not within %s", what, limit)
}

// connects tells whether a TCP connection can be made.
func (h *host) connects(t *testing.T, to string) bool {
	t.Helper()
	conn, err := h.dial(t, "tcp", to)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// TestPolicyInACluster uses real pods, the real node and the real API server behind its Service.
func TestPolicyInACluster(t *testing.T) {
	c := openCluster(t)
	c.namespace(t, "netpol-a")
	c.namespace(t, "netpol-b")
	c.startPod(t, "netpol-a", "one")
	c.startPod(t, "netpol-b", "two")
	one, two := c.runningPod(t, "netpol-a", "one"), c.runningPod(t, "netpol-b", "two")
	one.serve(t, "tcp", 8080)
	two.serve(t, "tcp", 8080)
	listener, err := net.Listen("tcp4", gateway+":0") // this process is one of the node's
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go echoStreams(listener)
	ownServer := listener.Addr().String()
	attempts := map[string]func() bool{
		"one to two":               func() bool { return one.connects(t, two.address+":8080") },
		"two to one":               func() bool { return two.connects(t, one.address+":8080") },
		"one to the API server":    func() bool { return one.connects(t, apiService) },
		"one to its address":       func() bool { return one.connects(t, apiServer) },
		"one to the kubelet":       func() bool { return one.connects(t, kubelet) },
		"one to its link's end":    func() bool { return one.connects(t, ownServer) },
		"the node's process to it": func() bool { return connectsHere(one.address + ":8080") },
	}
	for what, attempt := range attempts {
		within(t, 10*time.Second, what+" without a policy", attempt)
	}
	conn, err := two.dial(t, "tcp", one.address+":8080")
	if err != nil || !echoes(conn, "before") {
		t.Fatalf("a connection before the policy: %v", err)
	}
	defer conn.Close()
	began := time.Now()
	c.deny(t, "netpol-a")
	within(t, 5*time.Second, "the policy holds", func() bool { return !echoes(conn, "after") })
	t.Logf("an open connection was cut within %s (%s of it waiting for the answer)", time.Since(began), patience)
	for what, attempt := range attempts {
		if attempt() {
			t.Errorf("%s passes under the policy", what)
		}
	}
	if !two.connects(t, apiService) {
		t.Error("a pod that no policy selects is kept from the API server")
	}
	c.allow(t, "netpol-a")
	for what, attempt := range attempts {
		within(t, 10*time.Second, what+" after the policy is gone", attempt)
	}
}

const (
	apiService = "10.96.0.1:443"
	apiServer  = nodeAddress + ":6443"
	kubelet    = nodeAddress + ":10250"
)

// connectsHere is the same from the node itself, where this process is.
func connectsHere(to string) bool {
	conn, err := net.DialTimeout("tcp4", to, patience)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// TestNewPodIsNeverOpen tries from inside of a new pod's network without a break, from before its address is set up
// until the agent knows it.
func TestNewPodIsNeverOpen(t *testing.T) {
	c := openCluster(t)
	c.namespace(t, "netpol-c")
	firstSuccess := func(name string, watch time.Duration) (time.Duration, bool) {
		before := namespacesOfPods(t)
		c.startPod(t, "netpol-c", name)
		var pod *host
		within(t, time.Minute, "network namespace of "+name, func() bool {
			for path := range namespacesOfPods(t) {
				if !before[path] {
					pod = &host{path: path}
				}
			}
			return pod != nil
		})
		began := time.Now()
		for time.Since(began) < watch {
			if pod.connects(t, kubelet) {
				return time.Since(began), true
			}
			time.Sleep(time.Millisecond)
		}
		return 0, false
	}
	gap, ok := firstSuccess("free", 20*time.Second)
	if !ok {
		t.Fatal("a pod without policies never got a network, so the test would show nothing")
	}
	t.Logf("a pod without policies has a network %s after its namespace was made", gap)
	c.deny(t, "netpol-c")
	if after, ok := firstSuccess("denied", 10*time.Second); ok {
		t.Errorf("a pod under a policy reached the node %s after its namespace was made", after)
	}
	c.runningPod(t, "netpol-c", "denied") // it did run
}
