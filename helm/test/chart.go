package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	// operatorNamespace is where every rendering of these tests is installed.
	operatorNamespace = "countersign-system"
	// helmTimeout bounds one call of helm; a rendering takes about 0.1 s.
	helmTimeout = time.Minute
	// oldestKubernetes is the lowest version the chart takes. Without a cluster helm would assume one of its own.
	oldestKubernetes = "1.32.0"
)

// chart is the chart under test and the helm that renders it.
type chart struct{ root, dir, helm string }

func newChart(root string) chart {
	helm := os.Getenv("HELM")
	if helm == "" {
		helm = "helm"
	}
	return chart{root: root, dir: filepath.Join(root, "countersign"), helm: helm}
}

// values are arguments to helm that give a rendering its values.
type values []string

// file names a file below test/values.
func file(name string) values { return values{"--values", filepath.Join("values", name)} }

func set(assignment string) values { return values{"--set", assignment} }

func (v values) and(more values) values { return append(append(values{}, v...), more...) }

// full has every value away from its default; minimal has none.
var (
	minimal        = values{}
	twoDepartments = file("two-departments.yaml")
	full           = file("full.yaml").and(twoDepartments)
)

func (c chart) run(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), helmTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, c.helm, args...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Run(); err != nil {
		return out.String(), fmt.Errorf("helm %s: %w\n%s", args[0], err, problems.String())
	}
	return out.String(), nil
}

// render returns the chart's manifests as text.
func (c chart) render(v values) (string, error) {
	args := []string{
		"template", "countersign", c.dir, "--namespace", operatorNamespace, "--kube-version", oldestKubernetes,
	}
	return c.run(append(args, v...)...)
}

// objects renders and parses.
func (c chart) objects(v values) ([]object, error) {
	text, err := c.render(v)
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func parse(manifests string) ([]object, error) {
	var all []object
	decoder := yaml.NewDecoder(bytes.NewBufferString(manifests))
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
