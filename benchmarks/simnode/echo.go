package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"

	core "k8s.io/api/core/v1"

	"countersign.dev/supervisor/internal/job"
	"countersign.dev/supervisor/internal/language"
	"countersign.dev/supervisor/internal/wire"
)

// Echo is a sandbox as the operator sees one: it answers pings, takes one job, and says that its program gave back its
// stdin. It returns when the operator lets go.
func echo(in io.Reader, out io.Writer, of language.Language) error {
	stdin := wire.NewReader(in)
	payload, err := wire.ReadJob(stdin, func() { _, _ = io.WriteString(out, wire.PongLine+"\n") })
	if errors.Is(err, wire.ErrNoJob) {
		return nil
	}
	if err != nil {
		return err
	}
	work, err := job.Parse(payload, of)
	if err != nil {
		return err
	}
	sealer := wire.NewSealer(out, work.Key, work.UID, work.Attempt)
	accepted, err := json.Marshal(map[string]any{"executionUid": work.UIDText, "attempt": work.Attempt, "version": 1})
	if err != nil {
		return err
	}
	if err := sealer.Write(wire.Accepted, accepted); err != nil {
		return err
	}
	if len(work.Stdin) > 0 {
		if err := sealer.Write(wire.Stdout, work.Stdin); err != nil {
			return err
		}
	}
	result, err := json.Marshal(map[string]any{
		"version": 1, "outcome": "Completed", "exitCode": 0, "signal": nil,
		"usage": map[string]any{
			"wallMillis": 1, "cpuMillis": 1, "peakMemoryBytes": 1 << 20, "outputBytes": len(work.Stdin),
		},
		"stdoutBytes": len(work.Stdin), "stderrBytes": 0,
		"stdoutSha256": sum(work.Stdin), "stderrSha256": sum(nil),
		"stdoutTruncated": false, "stderrTruncated": false,
		"files": []any{}, "message": "the program returned 0",
	})
	if err != nil {
		return err
	}
	if err := sealer.WriteResult(result); err != nil {
		return err
	}
	wire.ReadKill(stdin)
	return nil
}

func sum(bytes []byte) string {
	hash := sha256.Sum256(bytes)
	return hex.EncodeToString(hash[:])
}

// The language that a sandbox's pod was made for; one that is none says so, and is never given a job.
func languageOf(pod *core.Pod) language.Language {
	args := pod.Spec.Containers[0].Args
	if len(args) != 2 || args[0] != "--language" {
		return language.Language{}
	}
	of, err := language.ByName(args[1])
	if err != nil {
		return language.Language{}
	}
	return of
}
