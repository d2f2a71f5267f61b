package run

import (
	"bytes"
	"encoding/json"

	"countersign.dev/supervisor/internal/collect"
	"countersign.dev/supervisor/internal/limits"
)

// result is the JSON of the result frames.
type result struct {
	Version         int             `json:"version"`
	Outcome         limits.Outcome  `json:"outcome"`
	ExitCode        *int            `json:"exitCode"`
	Signal          *string         `json:"signal"`
	Usage           usage           `json:"usage"`
	StdoutBytes     int64           `json:"stdoutBytes"`
	StderrBytes     int64           `json:"stderrBytes"`
	StdoutSHA256    string          `json:"stdoutSha256"`
	StderrSHA256    string          `json:"stderrSha256"`
	StdoutTruncated bool            `json:"stdoutTruncated"`
	StderrTruncated bool            `json:"stderrTruncated"`
	Value           json.RawMessage `json:"value,omitempty"`
	ValueError      string          `json:"valueError,omitempty"`
	Files           []collect.File  `json:"files"`
	Message         string          `json:"message"`
}

// usage is what the run used.
type usage struct {
	WallMillis      int64 `json:"wallMillis"`
	CPUMillis       int64 `json:"cpuMillis"`
	PeakMemoryBytes int64 `json:"peakMemoryBytes"`
	OutputBytes     int64 `json:"outputBytes"`
}

// encode leaves the value's numbers, keys and characters as the code wrote them; only white space between tokens goes.
func (r *result) encode() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
