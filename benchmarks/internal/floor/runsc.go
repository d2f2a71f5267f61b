// Package floor runs code in gVisor without Kubernetes: no way through a cluster can be faster than this when it starts a
// sandbox for a run.
package floor

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"countersign.dev/benchmarks/internal/latency"
)

// A run without a terminal has been seen to hang.
const longestRun = 20 * time.Second

// Runs starts runsc most times with an image's root file system and Python code that prints text, one after the other.
// containerd's ctr and runsc must be on the PATH, and the caller root. What it made it takes away.
func Runs(ctx context.Context, image string, most int) (*latency.Histogram, error) {
	scratch, err := os.MkdirTemp("", "benchmark-runsc-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	root := filepath.Join(scratch, "rootfs")
	if err := os.Mkdir(root, 0o755); err != nil {
		return nil, err
	}
	if err := command(ctx, "ctr", "--namespace", "k8s.io", "images", "mount", image, root); err != nil {
		return nil, err
	}
	defer func() {
		// Also when ctx has ended.
		_ = command(context.WithoutCancel(ctx), "ctr", "--namespace", "k8s.io", "images", "unmount", "--rm", root)
	}()
	times := latency.New()
	for number := range most {
		text := fmt.Sprintf("floor-%d", number)
		if err := os.WriteFile(filepath.Join(scratch, "config.json"), bundle(root, text), 0o600); err != nil {
			return nil, err
		}
		began := time.Now()
		output, err := once(ctx, scratch, text)
		if err != nil {
			return nil, err
		}
		if output != text {
			return nil, fmt.Errorf("runsc printed %q, not %q", output, text)
		}
		times.Record(time.Since(began))
	}
	return times, nil
}

func once(ctx context.Context, scratch, id string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, longestRun)
	defer cancel()
	run := exec.CommandContext(ctx, "runsc", "--root", filepath.Join(scratch, "state"), "--platform", "systrap",
		"--network", "none", "--ignore-cgroups", "run", "--bundle", scratch, id)
	run.WaitDelay = time.Second
	output, err := run.Output()
	if err != nil {
		return "", fmt.Errorf("runsc: %w: %s", err, words(err))
	}
	return strings.TrimSpace(string(output)), nil
}

func words(err error) string {
	if exit, ok := err.(*exec.ExitError); ok {
		return string(exit.Stderr)
	}
	return ""
}

// The least OCI bundle that runs Python as the sandboxes' user.
func bundle(root, text string) []byte {
	document, err := json.Marshal(map[string]any{
		"ociVersion": "1.0.0",
		"root":       map[string]any{"path": root, "readonly": true},
		"process": map[string]any{
			"user": map[string]any{"uid": 65532, "gid": 65532},
			"args": []string{"python3", "-c", fmt.Sprintf("print(%q)", text)},
			"env":  []string{"PATH=/usr/local/bin:/usr/bin:/bin"},
			"cwd":  "/",
		},
		"mounts": []any{map[string]any{"destination": "/proc", "type": "proc", "source": "proc"}},
		"linux": map[string]any{"namespaces": []any{
			map[string]any{"type": "pid"}, map[string]any{"type": "mount"}, map[string]any{"type": "ipc"},
			map[string]any{"type": "uts"}, map[string]any{"type": "network"},
		}},
	})
	if err != nil {
		panic(err)
	}
	return document
}

func command(ctx context.Context, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, longestRun)
	defer cancel()
	output, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, output)
	}
	return nil
}
