package health

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const directory = "../../helm/countersign/files/argocd"

// The layout of Argo CD's own tests of health checks.
type caseFile struct {
	Tests []struct {
		InputPath    string  `json:"inputPath"`
		HealthStatus Verdict `json:"healthStatus"`
	} `json:"tests"`
}

func TestEveryCase(t *testing.T) {
	checks := load(t)
	for _, kind := range Kinds {
		var used []string
		for _, each := range casesOf(t, kind).Tests {
			used = append(used, filepath.Base(each.InputPath))
			t.Run(kind+"/"+strings.TrimSuffix(filepath.Base(each.InputPath), ".yaml"), func(t *testing.T) {
				verdict, err := checks.Judge(read(t, filepath.Join(directory, kind, each.InputPath)))
				if err != nil {
					t.Fatal(err)
				}
				if *verdict != each.HealthStatus {
					t.Errorf("got  %s: %s\nwant %s: %s",
						verdict.Status, verdict.Message, each.HealthStatus.Status, each.HealthStatus.Message)
				}
			})
		}
		sameNames(t, kind, used)
	}
}

// No file of testdata is left out, and none is judged twice.
func sameNames(t *testing.T, kind string, used []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(directory, kind, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	var there []string
	for _, entry := range entries {
		there = append(there, entry.Name())
	}
	slices.Sort(used)
	if !slices.Equal(used, there) {
		t.Errorf("%s: health_test.yaml uses %v, testdata has %v", kind, used, there)
	}
}

// An Argo CD that waits for a template must never wait for a person: of a valid template, every verdict is Healthy.
func TestTemplateNeverWaitsForAPerson(t *testing.T) {
	checks := load(t)
	for _, reason := range []string{
		"NotApproved", "ApprovalExpired", "ApprovalRevoked", "ApprovalSuperseded", "DigestMismatch", "SelfApproval", "AuthorsChanged",
		"GuardGap", "Denied",
	} {
		template := read(t, filepath.Join(directory, "CodeTemplate/testdata/awaiting-approval.yaml"))
		condition(t, template, "Approved")["reason"] = reason
		verdict, err := checks.Judge(template)
		if err != nil {
			t.Fatal(err)
		}
		if verdict.Status != "Healthy" || strings.HasPrefix(verdict.Message, "TemplateApproval") {
			t.Errorf("%s: %s: %s", reason, verdict.Status, verdict.Message)
		}
	}
}

func TestOtherGroupsAreNotJudged(t *testing.T) {
	for _, version := range []string{"v1", "example.org/v1", "countersign.dev.example.org/v1"} {
		verdict, err := load(t).Judge(map[string]any{"apiVersion": version, "kind": "CodeTemplate"})
		if err != nil || verdict != nil {
			t.Errorf("%s: verdict %v, error %v", version, verdict, err)
		}
	}
}

// What Argo CD would only find out in production.
func TestBrokenScriptsAreErrors(t *testing.T) {
	for name, broken := range map[string]struct{ script, says string }{
		"no table":          {`return "Healthy"`, "instead of a table"},
		"no status":         {`return {message = "well"}`, "no status"},
		"unknown status":    {`return {status = "Fine"}`, `status = "Fine"`},
		"a further field":   {`return {status = "Healthy", reason = "x"}`, "reason"},
		"string library":    {`return {status = string.upper("healthy")}`, "string"},
		"reaches for files": {`return {status = io.open("/etc/passwd"):read()}`, "non-table"},
		"never ends":        {`while true do end`, "deadline"},
		"wrong syntax":      {`return {`, "syntax error"},
	} {
		object := map[string]any{"apiVersion": Group + "/v1alpha1", "kind": "CodeTemplate"}
		_, err := Checks{"CodeTemplate": broken.script}.Judge(object)
		if err == nil || !strings.Contains(err.Error(), broken.says) {
			t.Errorf("%s: error is %v, should hold %q", name, err, broken.says)
		}
	}
}

func load(t *testing.T) Checks {
	t.Helper()
	checks, err := Load(directory)
	if err != nil {
		t.Fatal(err)
	}
	return checks
}

func casesOf(t *testing.T, kind string) caseFile {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(directory, kind, "health_test.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var cases caseFile
	if err := yaml.UnmarshalStrict(content, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func read(t *testing.T, path string) map[string]any {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := yaml.Unmarshal(content, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func condition(t *testing.T, object map[string]any, kind string) map[string]any {
	t.Helper()
	for _, each := range object["status"].(map[string]any)["conditions"].([]any) {
		if each.(map[string]any)["type"] == kind {
			return each.(map[string]any)
		}
	}
	t.Fatalf("no condition %s", kind)
	return nil
}
