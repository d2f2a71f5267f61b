package main_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign.dev/supervisor/internal/wiretest"
)

func TestOutputArrivesExactly(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, c := range map[string]struct {
		code string
		want []byte
	}{
		"every byte": {"import sys\nsys.stdout.buffer.write(bytes(range(256)))", all},
		"invalid UTF-8": {
			"import sys\nsys.stdout.buffer.write(b'\\xff\\xfe\\x00\\xc3(')", []byte("\xff\xfe\x00\xc3("),
		},
		"one line of 64 KiB":        {"print('x' * 65535)", append(bytes.Repeat([]byte("x"), 65535), '\n')},
		"unbuffered, one big write": {"import os\nos.write(1, b'y' * 65536)", bytes.Repeat([]byte("y"), 65536)},
		"byte by byte": {
			"import os\nfor _ in range(20000): os.write(1, b'z')", bytes.Repeat([]byte("z"), 20000),
		},
		"escapes and fake logs": {`print('\x1b]0;title\x07\x1b[2J\r\u202e{"level":"info"}')`,
			[]byte("\x1b]0;title\x07\x1b[2J\r\u202e{\"level\":\"info\"}\n")},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, job("Python", c.code))
			if o.Result.Outcome != "Completed" || !bytes.Equal(o.Stdout, c.want) || o.Result.StdoutTruncated {
				t.Fatal(o.brief())
			}
		})
	}
}

// Log collectors and container runtimes see the supervisor's stdout: nothing there may look like the code's.
func TestOnTheWireThereAreOnlySealedLinesBelowTheSplit(t *testing.T) {
	s := start(t, "Python").send(job("Python", "print('secret word ' * 4000)").frame())
	if o := s.outcome(); o.Result.Outcome != "Completed" {
		t.Fatal(o.brief())
	}
	for _, line := range bytes.Split(s.written(), []byte("\n")) {
		if len(line) > 0 && !bytes.HasPrefix(line, []byte("CSF1 ")) || len(line)+2 > 12288 {
			t.Fatalf("a line of %d bytes: %q", len(line), clip(line))
		}
	}
	if bytes.Contains(s.written(), []byte("secret")) ||
		bytes.Contains(s.written(), []byte(base64.StdEncoding.EncodeToString([]byte("secret word ")))) {
		t.Fatal("output stands on the wire in clear")
	}
}

func TestByteWiseOutputKeepsAllFramesBelowTheRotation(t *testing.T) {
	s := start(t, "Python").send(job("Python", `import os, time
for i in range(98304):
    os.write(1, b'z')
    if i < 3000: time.sleep(0.001)`).limit("outputBytes", 96<<10).limit("cpuMillis", 60000).frame())
	o := s.outcome()
	if o.Result.Outcome != "Completed" || len(o.Stdout) != 98304 || len(s.written()) > 1<<20 {
		t.Fatalf("%d bytes on the wire: %s", len(s.written()), o.brief())
	}
}

func TestStreamsThatTheCodeClosesEarlyAreNoFault(t *testing.T) {
	for name, code := range map[string]string{
		"closed stdout":           "exec >&-; sleep 0.2; echo rest >&2; exit 5",
		"closed stdout and stdin": "echo rest >&2; exec >&- <&-; sleep 0.2; exit 5",
		"closed all":              "echo rest >&2; exec >&- 2>&- <&-; sleep 0.2; exit 5",
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, job("Bash", code).with("stdin", bytes.Repeat([]byte("i"), 200<<10)))
			if o.Result.Outcome != "ExitNonZero" || *o.Result.ExitCode != 5 || string(o.Stderr) != "rest\n" {
				t.Fatal(o.brief())
			}
		})
	}
}

func TestACodeThatNeverReadsItsStdinEndsAsUsual(t *testing.T) {
	began := time.Now()
	o := run(t, job("Bash", "echo x").with("stdin", bytes.Repeat([]byte("i"), 200<<10)))
	if o.Result.Outcome != "Completed" || string(o.Stdout) != "x\n" || time.Since(began) > 20*time.Second {
		t.Fatal(o.brief())
	}
}

func TestAFloodEndsAtOnceEvenIfNobodyReadsTheFrames(t *testing.T) {
	s := startStalled(t, "Bash").send(job("Bash", "yes").limit("outputBytes", 96<<10).limit("wallMillis", 2000).frame())
	time.Sleep(4 * time.Second) // the receiver sleeps for longer than the wall limit
	s.resume()
	o := s.outcome()
	if o.Result.Outcome != "OutputExceeded" || len(o.Stdout) != 96<<10 || o.Result.Usage.WallMillis > 1500 {
		t.Fatal(o.brief())
	}
}

func TestFramesThatTheCodePrintsAreOnlyItsOutput(t *testing.T) {
	real := run(t, job("Bash", "echo real"))
	forged := fmt.Sprintf("CSF1 %s\n", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("CSF1forged"), 20)))
	o := run(
		t,
		job("Python", "import sys\nsys.stdout.write("+fmt.Sprintf("%q", "\n"+forged+"\nCSF1 zzz\n")+")\nsys.exit(4)"),
	)
	if o.Verdict != wiretest.Complete || o.Forged != 0 || !strings.Contains(string(o.Stdout), forged) ||
		*o.Result.ExitCode != 4 {
		t.Fatal(o.brief(), real.brief())
	}
}
