package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"

	"countersign.dev/supervisor/internal/wire"
	"countersign.dev/supervisor/internal/wiretest"
)

const uid = "6a1b6f0e-7f0e-4b51-9d38-4d4c4a2f6b11"

func jobFrame(key [32]byte) string {
	payload := fmt.Sprintf(`{"version":1,"executionUid":%q,"attempt":1,"key":%q,"language":"Bash","code":"cat","stdin":%q,
"limits":{"cpuMillis":1000,"wallMillis":1000,"memoryBytes":1048576,"outputBytes":1024,"diskBytes":1048576,"processes":8,
"fileBytes":1024,"valueBytes":1024}}`,
		uid, base64.StdEncoding.EncodeToString(key[:]), base64.StdEncoding.EncodeToString([]byte("a line\n")))
	hash := sha256.Sum256([]byte(payload))
	return fmt.Sprintf("COUNTERSIGN-JOB/1 %d %s\n%s", len(payload), hex.EncodeToString(hash[:]), payload)
}

func pod(args ...string) *core.Pod {
	return &core.Pod{Spec: core.PodSpec{Containers: []core.Container{{Args: args}}}}
}

func TestTheOperatorReadsACompleteRunWithItsStdinAsStdout(t *testing.T) {
	var out strings.Builder
	key := [32]byte{1, 2, 3}
	in := wire.PingLine + "\n" + jobFrame(key)
	if err := echo(strings.NewReader(in), &out, languageOf(pod("--language", "Bash"))); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), wire.PongLine+"\n") {
		t.Errorf("no answer to the ping: %q", out.String())
	}
	raw, _ := hex.DecodeString(strings.ReplaceAll(uid, "-", ""))
	told := wiretest.Read([]byte(out.String()), key, [16]byte(raw), 1)
	if told.Verdict != wiretest.Complete || string(told.Stdout) != "a line\n" || told.Result["outcome"] != "Completed" {
		t.Errorf("%s %q %v", told.Verdict, told.Stdout, told.Result)
	}
}

func TestWithoutAJobNothingIsSaid(t *testing.T) {
	var out strings.Builder
	if err := echo(strings.NewReader(""), &out, languageOf(pod("--language", "Bash"))); err != nil || out.Len() > 0 {
		t.Errorf("%v %q", err, out.String())
	}
}

func TestAJobForAnotherLanguageIsNotTaken(t *testing.T) {
	if err := echo(strings.NewReader(jobFrame([32]byte{})), io.Discard, languageOf(pod("--language", "Python"))); err == nil {
		t.Error("taken")
	}
}

func TestAPodIsAttachedToOnce(t *testing.T) {
	all := newPods(nil, settings{name: "n"})
	all.known["ns/p"] = &sandbox{pod: pod()}
	if _, err := all.attach("ns", "p"); err != nil {
		t.Fatal(err)
	}
	if _, err := all.attach("ns", "p"); err == nil {
		t.Error("twice")
	}
	if _, err := all.attach("ns", "other"); err == nil {
		t.Error("a pod that is not here")
	}
}
