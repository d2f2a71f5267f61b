package job

import (
	"fmt"
	"time"
)

const (
	maxMillis = 3600 * 1000
	// maxCarried bounds output, files and value alike: sealed and twice in base64, the three together stay below the
	// 8 MiB that all frames of a run may take (the kubelet rotates a log at 10 MiB).
	maxCarried   = 1 << 20
	maxMemory    = 64 << 30
	maxDisk      = 64 << 30
	maxProcesses = 4096
)

func (l payloadLimits) check() (Limits, error) {
	for _, bound := range []struct {
		name       string
		value, max int64
	}{
		{"cpuMillis", l.CPUMillis, maxMillis},
		{"wallMillis", l.WallMillis, maxMillis},
		{"memoryBytes", l.MemoryBytes, maxMemory},
		{"outputBytes", l.OutputBytes, maxCarried},
		{"diskBytes", l.DiskBytes, maxDisk},
		{"processes", l.Processes, maxProcesses},
		{"fileBytes", l.FileBytes, maxCarried},
		{"valueBytes", l.ValueBytes, maxCarried},
	} {
		if bound.value < 1 || bound.value > bound.max {
			return Limits{}, fmt.Errorf("limits.%s: must be 1 to %d", bound.name, bound.max)
		}
	}
	return Limits{
		CPU:         time.Duration(l.CPUMillis) * time.Millisecond,
		Wall:        time.Duration(l.WallMillis) * time.Millisecond,
		MemoryBytes: l.MemoryBytes,
		OutputBytes: l.OutputBytes,
		DiskBytes:   l.DiskBytes,
		Processes:   int(l.Processes),
		FileBytes:   l.FileBytes,
		ValueBytes:  l.ValueBytes,
	}, nil
}
