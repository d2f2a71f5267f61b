package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"countersign.dev/supervisor/internal/wiretest"
)

const (
	testUID = "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f0"
	// patience bounds every wait of the tests for something that must come. No limit of a run is near to it.
	patience = 150 * time.Second
)

var (
	testUIDBytes = [16]byte{
		0x0f,
		0x1e,
		0x2d,
		0x3c,
		0x4b,
		0x5a,
		0x49,
		0x78,
		0x86,
		0x95,
		0xa4,
		0xb3,
		0xc2,
		0xd1,
		0xe0,
		0xf0,
	}
	testKey = sha256.Sum256([]byte("a key for tests"))
)

// testJob is a job frame's JSON in the making.
type testJob map[string]any

func job(language, code string) testJob {
	return testJob{
		"version": 1, "executionUid": testUID, "attempt": 1, "key": testKey[:], "language": language, "code": code,
		"limits": testJob{
			"cpuMillis": 5000, "wallMillis": 30000, "memoryBytes": 256 << 20, "outputBytes": 64 << 10,
			"diskBytes": 16 << 20, "processes": 64, "fileBytes": 96 << 10, "valueBytes": 32 << 10,
		},
	}
}

// with returns the job with one more field.
func (j testJob) with(field string, value any) testJob {
	j[field] = value
	return j
}

// limit returns the job with another limit.
func (j testJob) limit(name string, value int64) testJob {
	j["limits"].(testJob)[name] = value
	return j
}

func (j testJob) frame() []byte {
	payload, err := json.Marshal(j)
	if err != nil {
		panic(err)
	}
	return frameOf(payload)
}

func frameOf(payload []byte) []byte {
	return fmt.Appendf(nil, "COUNTERSIGN-JOB/1 %d %x\n%s", len(payload), sha256.Sum256(payload), payload)
}

// sandbox is one running supervisor, PID 1 of fresh namespaces or of a gVisor sandbox.
type sandbox struct {
	t       testing.TB
	command *exec.Cmd
	stdin   io.WriteCloser
	stderr  bytes.Buffer
	done    chan struct{}
	exit    int

	stalled chan struct{}

	mu     sync.Mutex // guards stdout
	stdout bytes.Buffer
}

// Write takes what the supervisor writes to its stdout.
func (s *sandbox) Write(data []byte) (int, error) {
	if s.stalled != nil {
		<-s.stalled
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stdout.Write(data)
}

func (s *sandbox) written() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.stdout.Bytes())
}

// start starts a supervisor that waits for its job.
func start(t testing.TB, language string, options ...option) *sandbox {
	t.Helper()
	s := &sandbox{t: t, done: make(chan struct{})}
	settings := settings{work: 64 << 20}
	for _, o := range options {
		o(&settings)
	}
	s.stalled = settings.stalled
	s.command = launcher(t, language, settings)
	s.command.Stdout, s.command.Stderr = s, &s.stderr
	stdin, err := s.command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.stdin = stdin
	if err := s.command.Start(); err != nil {
		t.Fatalf("the sandbox does not start: %v", err)
	}
	go func() {
		_ = s.command.Wait()
		s.exit = s.command.ProcessState.ExitCode()
		close(s.done)
	}()
	t.Cleanup(func() {
		_ = s.command.Process.Kill()
		<-s.done
	})
	return s
}

type settings struct {
	work     int64         // size of the work directory's file system
	guardOff string        // the guard that the supervisor leaves out
	stalled  chan struct{} // until it is closed nobody reads the frames
}

type option func(*settings)

func workSize(bytes int64) option { return func(s *settings) { s.work = bytes } }

func without(guard string) option { return func(s *settings) { s.guardOff = guard } }

func (s *sandbox) send(data []byte) *sandbox {
	// An error is no matter: the supervisor may refuse before all is read, and its exit code tells.
	_, _ = s.stdin.Write(data)
	return s
}

// finished lets the supervisor go once its result is there, as the operator does, waits for its end and returns its exit
// code.
func (s *sandbox) finished() int {
	s.t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for seen, patient := 0, time.After(patience); ; {
		select {
		case <-s.done:
			return s.exit
		case <-patient:
			s.t.Fatalf("the supervisor did not end; stdout so far: %q", s.written())
			return -1
		case <-look.C:
			// Read anew only when it has become quiet: some tests write much.
			told := s.written()
			if len(told) == seen && wiretest.Read(told, testKey, testUIDBytes, 1).RawJSON != nil {
				_ = s.stdin.Close()
				look.Stop()
			}
			seen = len(told)
		}
	}
}

// outcome waits for the end and reads the frames of attempt 1.
func (s *sandbox) outcome() outcome {
	s.t.Helper()
	exit := s.finished()
	told := wiretest.Read(s.written(), testKey, testUIDBytes, 1)
	o := outcome{Stream: told, Exit: exit, Complaint: s.stderr.String()}
	if told.RawJSON != nil {
		_ = json.Unmarshal(told.RawJSON, &o.Result)
	}
	return o
}

// until waits for a condition on what the supervisor has sent so far.
func (s *sandbox) until(what string, reached func(wiretest.Stream) bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if reached(wiretest.Read(s.written(), testKey, testUIDBytes, 1)) {
			return
		}
	}
	s.t.Fatalf("never came: %s", what)
}

func hasPrinted(text string) func(wiretest.Stream) bool {
	return func(s wiretest.Stream) bool { return bytes.Contains(s.Stdout, []byte(text)) }
}

// outcome is everything that a run told.
type outcome struct {
	wiretest.Stream
	Exit      int
	Complaint string
	Result    testResult
}

type testResult struct {
	Outcome                          string
	ExitCode                         *int
	Signal                           *string
	Usage                            struct{ WallMillis, CPUMillis, PeakMemoryBytes, OutputBytes int64 }
	StdoutTruncated, StderrTruncated bool
	Value                            json.RawMessage
	ValueError                       string
	Files                            []testFile
	Message                          string
}

type testFile struct {
	Path, SHA256, Refused string
	Size                  int64
	Content               *[]byte
	Truncated             bool
}

func (r testResult) file(path string) (testFile, bool) {
	for _, f := range r.Files {
		if f.Path == path {
			return f, true
		}
	}
	return testFile{}, false
}

// run runs one job to its end.
func run(t testing.TB, j testJob, options ...option) outcome {
	t.Helper()
	o := start(t, j["language"].(string), options...).send(j.frame()).outcome()
	return o
}

// brief says what came, for failures.
func (o outcome) brief() string {
	return fmt.Sprintf(
		"exit %d, stream %s (%d forged), outcome %q %q, usage %+v, stdout %q, stderr %q, complaint %q",
		o.Exit,
		o.Verdict,
		o.Forged,
		o.Result.Outcome,
		o.Result.Message,
		o.Result.Usage,
		clip(o.Stdout),
		clip(o.Stderr),
		o.Complaint,
	)
}

func clip(data []byte) []byte { return data[:min(len(data), 400)] }

// sources is the module's directory, the tests' current one.
func sources() string {
	dir, err := filepath.Abs(".")
	if err != nil {
		panic(err)
	}
	return dir
}

// buildSupervisor compiles the supervisor, with switchable guards, into a directory with the hooks beside it.
func buildSupervisor(dir string) error {
	build := exec.Command("go", "build", "-tags", "guardtest", "-o", filepath.Join(dir, "supervisor"), ".")
	build.Dir, build.Env = sources(), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return os.CopyFS(filepath.Join(dir, "ahead"), os.DirFS(filepath.Join(sources(), "ahead")))
}

// signal sends a signal to the supervisor from outside, as the container runtime does.
func (s *sandbox) signal(sig os.Signal) {
	s.t.Helper()
	if err := signalPID1(s, sig); err != nil {
		s.t.Fatal(err)
	}
}

// startStalled starts a sandbox whose frames nobody reads until resume.
func startStalled(t testing.TB, language string) *sandbox {
	t.Helper()
	stalled := make(chan struct{})
	return start(t, language, func(s *settings) { s.stalled = stalled })
}

func (s *sandbox) resume() { close(s.stalled) }

type streamSoFar = wiretest.Stream

// endFromOutside ends the whole sandbox as the container runtime does when a pod's grace period is over.
func (s *sandbox) endFromOutside() {
	s.t.Helper()
	time.Sleep(1500 * time.Millisecond)
	s.signal(syscall.SIGKILL)
}
