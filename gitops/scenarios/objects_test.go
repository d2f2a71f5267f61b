package scenarios

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"countersign.dev/gitops/world"
)

func errorf(format string, arguments ...any) error { return fmt.Errorf(format, arguments...) }

// text is a form in which equal values are equal; maps print in the order of their keys.
func text(value any) string { return fmt.Sprintf("%#v", value) }

func digestOf(template *world.Object) string {
	digest, _, _ := unstructured.NestedString(template.Object, "status", "digest")
	return digest
}

// authorsOf are the usernames in spec.authors.
func authorsOf(template *world.Object) string {
	authors, _, _ := unstructured.NestedSlice(template.Object, "spec", "authors")
	var names []string
	for _, author := range authors {
		names = append(names, author.(map[string]any)["username"].(string))
	}
	return strings.Join(names, " ")
}
