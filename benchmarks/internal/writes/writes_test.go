package writes

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

const operator = "system:serviceaccount:countersign-system:countersign-operator"

type request struct {
	user, verb, resource, subresource, uri, stage string
	code                                          int
	at                                            time.Duration
}

func (r request) String() string {
	stage := r.stage
	if stage == "" {
		stage = "ResponseComplete"
	}
	code := r.code
	if code == 0 {
		code = 200
	}
	return fmt.Sprintf(`{"stage":%q,"requestURI":%q,"verb":%q,"user":{"username":%q},`+
		`"objectRef":{"resource":%q,"subresource":%q},"responseStatus":{"code":%d},"requestReceivedTimestamp":%q}`+"\n",
		stage, r.uri, r.verb, r.user, r.resource, r.subresource, code, noon.Add(r.at).Format(time.RFC3339Nano))
}

func count(t *testing.T, requests ...request) []Line {
	t.Helper()
	var log strings.Builder
	for _, each := range requests {
		log.WriteString(each.String())
	}
	counter := NewCounter(Window{From: noon, To: noon.Add(time.Minute)})
	if err := counter.Read(strings.NewReader(log.String() + `{"stage":"Respo`)); err != nil {
		t.Fatal(err)
	}
	return counter.Lines()
}

func TestCountsByClientKindAndVerb(t *testing.T) {
	lines := count(t,
		request{user: operator, verb: "create", resource: "pods"},
		request{user: operator, verb: "patch", resource: "executions", subresource: "status"},
		request{user: operator, verb: "patch", resource: "executions", subresource: "status"},
		request{user: "system:kube-scheduler", verb: "create", resource: "pods", subresource: "binding"},
		request{user: operator, verb: "create", resource: "events"})
	want := []Line{
		{"operator", "create", "events", 1},
		{"operator", "patch", "executions/status", 2},
		{"operator", "create", "pods", 1},
		{"scheduler", "create", "pods/binding", 1},
	}
	if fmt.Sprint(lines) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", lines, want)
	}
	if objects, events := Of(lines, "operator"); objects != 3 || events != 1 {
		t.Errorf("the operator wrote %d objects and %d events", objects, events)
	}
}

func TestWhatIsNoWriteIsNotCounted(t *testing.T) {
	for name, each := range map[string]request{
		"a read":                {user: operator, verb: "get", resource: "pods"},
		"a watch":               {user: operator, verb: "watch", resource: "pods"},
		"a dry run":             {user: operator, verb: "create", resource: "executions", uri: "/x?dryRun=All"},
		"a review":              {user: operator, verb: "create", resource: "subjectaccessreviews"},
		"an attach":             {user: operator, verb: "create", resource: "pods", subresource: "attach"},
		"one that was refused":  {user: operator, verb: "create", resource: "pods", code: 409},
		"one before the window": {user: operator, verb: "create", resource: "pods", at: -time.Second},
		"one after the window":  {user: operator, verb: "create", resource: "pods", at: time.Hour},
		"one not yet answered":  {user: operator, verb: "create", resource: "pods", stage: "RequestReceived"},
	} {
		if lines := count(t, each); len(lines) != 0 {
			t.Errorf("%s is counted: %v", name, lines)
		}
	}
}

func TestClients(t *testing.T) {
	for user, want := range map[string]string{
		operator:                "operator",
		"system:node:node1":     "kubelet",
		"system:kube-scheduler": "scheduler",
		"system:serviceaccount:kube-system:job-controller": "controller-manager",
		"system:serviceaccount:finance:reporting-agent":    "agent",
		"system:apiserver": "apiserver",
		"alice":            "person",
	} {
		if got := Client(user); got != want {
			t.Errorf("%s is %s, not %s", user, got, want)
		}
	}
}

func TestARotatedLogIsReadWhole(t *testing.T) {
	directory := t.TempDir()
	write := func(name string, at time.Duration, modified time.Time) {
		path := filepath.Join(directory, name)
		line := request{user: operator, verb: "create", resource: "pods", at: at}.String()
		if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	write("audit.log", 2*time.Second, noon.Add(2*time.Second))
	write("audit-2026-11-29T12-00-01.000.log", time.Second, noon.Add(time.Second))
	write("audit-2026-11-28T12-00-01.000.log", time.Second, noon.Add(-24*time.Hour))
	counter := NewCounter(Window{From: noon, To: noon.Add(time.Minute)})
	if err := counter.ReadFiles(filepath.Join(directory, "audit.log")); err != nil {
		t.Fatal(err)
	}
	if objects, _ := Of(counter.Lines(), "operator"); objects != 2 {
		t.Errorf("%d writes counted", objects)
	}
}
