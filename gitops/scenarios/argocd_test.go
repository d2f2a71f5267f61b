package scenarios

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"countersign.dev/gitops/health"
	"countersign.dev/gitops/world"
)

const (
	settings   = "argocd-cm"
	keysPrefix = "resource.customizations.health.countersign.dev_"
)

// The command of README.md puts the checks into argocd-cm, under the keys that Argo CD reads, beside what is there.
func TestChecksGoIntoArgoCDsSettings(t *testing.T) {
	w := world.Enter(t)
	w.PutArgoCDSettings(settings, map[string]any{"url": "https://argocd.example.org"})
	for range 2 {
		command := exec.Command("bash", "-euo", "pipefail", "-c",
			strings.ReplaceAll(documented(t, "argocd-cm"), "-n argocd ", "-n "+world.ArgoCD+" "))
		command.Dir = "../.."
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
	}
	data, _, _ := unstructured.NestedStringMap(w.ArgoCDSettings(settings).Object, "data")
	if data["url"] != "https://argocd.example.org" || len(data) != 1+len(health.Kinds) {
		t.Errorf("the settings are %v", data)
	}
	installed := health.Checks{}
	for _, kind := range health.Kinds {
		installed[kind] = data[keysPrefix+kind]
	}
	shipped := w.Checks()
	for _, kind := range health.Kinds {
		if installed[kind] != shipped.Checks[kind] {
			t.Errorf("%s is %q", kind, installed[kind])
		}
	}
}

// documented is the code block of README.md that follows the comment with that name.
func documented(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(content), "<!-- "+name+": ")
	_, block, hasBlock := strings.Cut(after, "```sh\n")
	block, _, ends := strings.Cut(block, "```\n")
	if !found || !hasBlock || !ends {
		t.Fatalf("README.md has no block %s", name)
	}
	return block
}
