package main_test

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"countersign.dev/supervisor/internal/wiretest"
)

// neverRan checks what the operator relies on when it hands a job over anew.
func neverRan(t *testing.T, s *sandbox, why string) {
	t.Helper()
	exit := s.finished()
	complaint := s.stderr.String()
	if exit != 64 || len(withoutPongs(s.written())) != 0 {
		t.Fatalf("exit %d, stdout %q, stderr %q", exit, s.written(), complaint)
	}
	if !strings.Contains(complaint, why) || strings.Count(complaint, "\n") != 1 {
		t.Fatalf("stderr should be one line with %q, is %q", why, complaint)
	}
}

const pong = "COUNTERSIGN-PONG/1\n"

func withoutPongs(stdout []byte) []byte { return bytes.ReplaceAll(stdout, []byte(pong), nil) }

func TestAPingIsAnsweredOnceTheInterpreterWaits(t *testing.T) {
	s := start(t, "Bash").send([]byte("COUNTERSIGN-PING/1\n"))
	s.until("answered", func(wiretest.Stream) bool { return string(s.written()) == pong })
	s.send([]byte("COUNTERSIGN-PING/1\n"))
	s.until("answered again", func(wiretest.Stream) bool { return string(s.written()) == pong+pong })
	s.send(job("Bash", "echo ran").frame())
	if o := s.outcome(); o.Result.Outcome != "Completed" || string(o.Stdout) != "ran\n" {
		t.Fatal(o.brief())
	}
}

func TestWithoutAWholeJobNothingRuns(t *testing.T) {
	whole := job("Bash", "echo ran").frame()
	header, payload, _ := bytes.Cut(whole, []byte("\n"))
	const ping = "COUNTERSIGN-PING/1\n"
	for name, c := range map[string]struct {
		sent []byte
		why  string
	}{
		"nothing":            {nil, "stdin ended"},
		"pings only":         {[]byte(ping + ping), "stdin ended"},
		"half a header":      {header[:40], "stdin ended"},
		"header only":        {append(bytes.Clone(header), '\n'), "stdin ended"},
		"all but a byte":     {whole[:len(whole)-1], "stdin ended"},
		"another hash":       {bytes.Replace(whole, []byte("echo ran"), []byte("echo RAN"), 1), "hash"},
		"shorter than said":  {frameSaying(payload, len(payload)+1), "stdin ended"},
		"longer than said":   {frameSaying(payload, len(payload)-1), "hash"},
		"no length":          {[]byte("COUNTERSIGN-JOB/1  " + strings.Repeat("0", 64) + "\n"), "length"},
		"negative length":    {frameSaying(payload, -1), "length"},
		"length with plus":   {bytes.Replace(whole, []byte("JOB/1 "), []byte("JOB/1 +"), 1), "length"},
		"oversized":          {frameSaying(nil, 4<<20+1), "larger"},
		"upper-case hash":    {[]byte(fmt.Sprintf("COUNTERSIGN-JOB/1 1 %s\n", strings.Repeat("A", 64))), "hash"},
		"another version":    {bytes.Replace(whole, []byte("JOB/1"), []byte("JOB/2"), 1), "header"},
		"a kill before":      {[]byte("COUNTERSIGN-KILL/1\n"), "header"},
		"an endless line":    {bytes.Repeat([]byte("x"), 1<<20), "too long"},
		"not JSON":           {frameOf([]byte("{")), "JSON"},
		"two values":         {frameOf(append(bytes.Clone(payload), "{}"...)), "after"},
		"invalid UTF-8":      {frameOf(bytes.Replace(payload, []byte("ran"), []byte("r\xff"), 1)), "UTF-8"},
		"another language":   {job("Python", "").frame(), "language"},
		"an unknown field":   {job("Bash", "").with("privileged", true).frame(), `"privileged"`},
		"an unknown limit":   {job("Bash", "").limit("gpus", 1).frame(), `"gpus"`},
		"wrong type":         {job("Bash", "").with("attempt", "one").frame(), "attempt"},
		"no code":            {job("Bash", "").with("code", nil).frame(), "code"},
		"short key":          {job("Bash", "").with("key", []byte("short")).frame(), "key"},
		"bad uid":            {job("Bash", "").with("executionUid", strings.Repeat("g", 36)).frame(), "executionUid"},
		"attempt zero":       {job("Bash", "").with("attempt", 0).frame(), "attempt"},
		"zero wall limit":    {job("Bash", "").limit("wallMillis", 0).frame(), "wallMillis"},
		"negative CPU limit": {job("Bash", "").limit("cpuMillis", -5).frame(), "cpuMillis"},
		"huge output limit":  {job("Bash", "").limit("outputBytes", 1<<40).frame(), "outputBytes"},
		"path upwards":       {inputFile("../x").frame(), "files[0].path"},
		"absolute path":      {inputFile("/etc/x").frame(), "files[0].path"},
		"path with newline":  {inputFile("a\nb").frame(), "files[0].path"},
		"steering variable":  {job("Bash", "").with("env", testJob{"LD_PRELOAD": "x"}).frame(), "env"},
		"shell function":     {job("Bash", "").with("env", testJob{"BASH_FUNC_x%%": "() { :; }"}).frame(), "env"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, "Bash").send(c.sent)
			_ = s.stdin.Close()
			neverRan(t, s, c.why)
		})
	}
}

func frameSaying(payload []byte, length int) []byte {
	_, rest, _ := bytes.Cut(frameOf(payload), []byte("/1 "))
	_, rest, _ = bytes.Cut(rest, []byte(" "))
	return append(fmt.Appendf(nil, "COUNTERSIGN-JOB/1 %d ", length), rest...)
}

func inputFile(path string) testJob {
	return job("Bash", "").with("files", []testJob{{"path": path, "content": []byte("x")}})
}

func TestSIGTERMBeforeTheJobMeansNeverRan(t *testing.T) {
	s := start(t, "Bash").send([]byte("COUNTERSIGN-PING/1\n"))
	time.Sleep(500 * time.Millisecond) // until it waits; before that SIGTERM would hit the test's own init
	s.signal(syscall.SIGTERM)
	neverRan(t, s, "terminated")
}

func TestSIGTERMInTheMiddleOfTheJobFrameMeansNeverRan(t *testing.T) {
	whole := job("Bash", "echo ran").frame()
	s := start(t, "Bash").send(whole[:len(whole)-10])
	time.Sleep(500 * time.Millisecond)
	s.signal(syscall.SIGTERM)
	neverRan(t, s, "terminated")
}

func TestALanguageThatTheSupervisorDoesNotKnowIsRefusedAtOnce(t *testing.T) {
	s := start(t, "Cobol")
	neverRan(t, s, "Python, JavaScript or Bash")
}

func TestPingsBeforeAndDuringTheRunAreIgnored(t *testing.T) {
	s := start(t, "Bash").send([]byte("COUNTERSIGN-PING/1\nCOUNTERSIGN-PING/1\n"))
	s.send(job("Bash", "echo up; sleep 0.3; echo done").frame())
	s.until("up", hasPrinted("up"))
	s.send([]byte("COUNTERSIGN-PING/1\nrubbish\n" + strings.Repeat("y", 1000) + "\nCOUNTERSIGN-PING/1\n"))
	if o := s.outcome(); o.Result.Outcome != "Completed" || string(o.Stdout) != "up\ndone\n" {
		t.Fatal(o.brief())
	}
}

func TestTheEndOfStdinAfterTheJobIsNoCancel(t *testing.T) {
	s := start(t, "Bash").send(job("Bash", "sleep 0.3; echo done").frame())
	_ = s.stdin.Close()
	if o := s.outcome(); o.Result.Outcome != "Completed" || string(o.Stdout) != "done\n" {
		t.Fatal(o.brief())
	}
}

func TestTheKillLineEndsARunAtOnce(t *testing.T) {
	s := start(t, "Bash").send(job("Bash", "echo up; sleep 20; echo never").frame())
	s.until("up", hasPrinted("up"))
	began := time.Now()
	s.send([]byte("COUNTERSIGN-KILL/1\n"))
	killed(t, s, began)
}

func TestSIGTERMAfterTheJobEndsTheRunWithAResult(t *testing.T) {
	s := start(t, "Bash").send(job("Bash", "trap '' TERM; echo up; sleep 20; echo never").frame())
	s.until("up", hasPrinted("up"))
	began := time.Now()
	s.signal(syscall.SIGTERM)
	killed(t, s, began)
}

func killed(t *testing.T, s *sandbox, began time.Time) {
	t.Helper()
	o := s.outcome()
	if o.Exit != 0 || o.Verdict != wiretest.Complete || o.Result.Outcome != "Killed" || string(o.Stdout) != "up\n" ||
		o.Result.Signal == nil || *o.Result.Signal != "SIGKILL" {
		t.Fatal(o.brief())
	}
	if took := time.Since(began); took > promptly {
		t.Fatalf("the end took %v", took)
	}
}

// The accepted frame stands in the stream before anything of the code's.
func TestAcceptedComesFirst(t *testing.T) {
	o := run(t, job("Bash", "echo x"))
	if o.Verdict != wiretest.Complete || o.Accepted == nil {
		t.Fatal(o.brief())
	}
	if o := run(t, job("Bash", "echo x"), without("accepted")); o.Verdict == wiretest.Complete {
		t.Fatal("the reader of these tests does not miss the accepted frame")
	}
}

func TestAnInterpreterThatDiedBeforeTheJobIsReplaced(t *testing.T) {
	s := start(t, "Bash")
	time.Sleep(300 * time.Millisecond)
	s.killAhead()
	s.send(job("Bash", "echo alive $(pgrep -c bash)").frame())
	if o := s.outcome(); o.Result.Outcome != "Completed" || !bytes.HasPrefix(o.Stdout, []byte("alive")) {
		t.Fatal(o.brief())
	}
}
