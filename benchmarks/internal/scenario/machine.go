package scenario

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"countersign.dev/benchmarks/internal/kube"
	"countersign.dev/benchmarks/internal/report"
)

// Describe says where and with what it is measured.
func Describe(ctx context.Context, administrator *kube.Caller) report.Machine {
	described := report.Machine{Cores: runtime.NumCPU(), Versions: map[string]string{"go": runtime.Version()}}
	if content, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kibibytes float64
		if _, err := fmt.Sscanf(string(content), "MemTotal: %f", &kibibytes); err == nil {
			described.MemoryGi = kibibytes / (1 << 20)
		}
	}
	if content, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		described.Kernel = strings.TrimSpace(string(content))
	}
	if content, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(content), &described.Load)
	}
	if version, err := administrator.Typed.Discovery().ServerVersion(); err == nil {
		described.Versions["kubernetes"] = version.GitVersion
	}
	operator, err := administrator.Typed.AppsV1().Deployments(systemNamespace).
		Get(ctx, "countersign-operator", meta.GetOptions{})
	if err == nil {
		described.Versions["operator"] = operator.Spec.Template.Spec.Containers[0].Image
	}
	for _, program := range []string{"containerd", "runsc", "etcd"} {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		if output, err := exec.CommandContext(ctx, program, "--version").Output(); err == nil {
			first, _, _ := strings.Cut(string(output), "\n")
			described.Versions[program] = first
		}
		cancel()
	}
	return described
}
