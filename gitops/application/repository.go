package application

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
)

// Repository is a Git repository of manifests with a work tree that its authors edit. What is not committed does not
// exist for an Application.
type Repository struct {
	directory string
}

// NewRepository makes an empty repository in directory, which must exist.
func NewRepository(directory string) (*Repository, error) {
	repository := &Repository{directory}
	_, err := repository.git("init", "--quiet", "--initial-branch=main")
	return repository, err
}

// Write puts a file into the work tree.
func (repository *Repository) Write(path, content string) error {
	file := filepath.Join(repository.directory, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(content), 0o644)
}

// Edit replaces what must occur exactly once in a file of the work tree.
func (repository *Repository) Edit(path, old, new string) error {
	content, err := os.ReadFile(filepath.Join(repository.directory, path))
	if err != nil {
		return err
	}
	if count := strings.Count(string(content), old); count != 1 {
		return fmt.Errorf("%s holds %q %d times, not once", path, old, count)
	}
	return repository.Write(path, strings.Replace(string(content), old, new, 1))
}

// Remove takes a file out of the work tree.
func (repository *Repository) Remove(path string) error {
	return os.Remove(filepath.Join(repository.directory, path))
}

// Commit commits the work tree as it is; a commit without a change is an error.
func (repository *Repository) Commit(message string) error {
	if _, err := repository.git("add", "--all"); err != nil {
		return err
	}
	_, err := repository.git("commit", "--quiet", "--allow-empty", "--message", message)
	return err
}

// Manifests are all objects of the *.yaml files of the last commit, and that commit's id.
func (repository *Repository) Manifests() ([]*unstructured.Unstructured, string, error) {
	revision, err := repository.git("rev-parse", "HEAD")
	if err != nil {
		return nil, "", err
	}
	archive, err := repository.git("archive", "--format=tar", "HEAD")
	if err != nil {
		return nil, "", err
	}
	var objects []*unstructured.Unstructured
	for files := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return objects, strings.TrimSpace(string(revision)), nil
		}
		if err != nil {
			return nil, "", err
		}
		if !strings.HasSuffix(header.Name, ".yaml") {
			continue
		}
		content, err := io.ReadAll(files)
		if err != nil {
			return nil, "", err
		}
		parsed, err := kube.SplitYAML(content)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", header.Name, err)
		}
		objects = append(objects, parsed...)
	}
}

func (repository *Repository) git(arguments ...string) ([]byte, error) {
	command := exec.Command("git", arguments...)
	command.Dir = repository.directory
	// Nobody's own configuration: no hooks, no signing, a name of the test's.
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=theo", "GIT_AUTHOR_EMAIL=theo@example.org",
		"GIT_COMMITTER_NAME=theo", "GIT_COMMITTER_EMAIL=theo@example.org")
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s%s", arguments[0], err, output, problems.String())
	}
	return output, nil
}
