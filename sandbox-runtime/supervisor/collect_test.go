package main_test

import (
	"fmt"
	"strings"
	"testing"
)

const makeAttacks = `import os, socket
os.chdir("outputs")
os.symlink("/etc/passwd", "link-to-passwd")
os.symlink("/proc/1/environ", "link-to-environ")
os.symlink("..", "link-upwards")
os.symlink("/etc", "link-to-directory")
os.mkfifo("fifo")
socket.socket(socket.AF_UNIX).bind("socket")
os.link("/work/main.py", "hard-link")
open("honest.txt", "w").write("honest")
os.mkdir("-rf"); open("-rf/--help", "w").write("dash")
open("new\nline", "w").write("x")
open(b"invalid\xff", "w").write("x")
open("turn\u202eed", "w").write("x")
open("closed", "w").write("x"); os.chmod("closed", 0)
open("x" * 255, "w").write("long")
`

func TestOutputFilesAreTakenOnlyIfTheyAreOrdinary(t *testing.T) {
	proveAll(t, []scenario{
		{"attacks", "nofollow", func(t testing.TB, o ...option) error { return attacks(t, o...) }},
		{"hard links", "hardlink", func(t testing.TB, o ...option) error { return attacks(t, o...) }},
		{"the outputs directory is a link", "nofollow", func(t testing.TB, o ...option) error {
			out := run(t, job("Bash", "rmdir outputs; ln -s /etc outputs"), o...)
			if len(out.Result.Files) != 1 || out.Result.Files[0].Path != "." || out.Result.Files[0].Refused == "" {
				return fmt.Errorf("files: %+v", out.Result.Files)
			}
			return nil
		}},
		{"the value is a link", "nofollow", func(t testing.TB, o ...option) error {
			out := run(t, job("Bash", `echo '{"a":1}' > tmp/x; ln -s tmp/x result.json`), o...)
			if out.Result.Value != nil || !strings.Contains(out.Result.ValueError, "symbolic link") {
				return fmt.Errorf("value %s, error %q", out.Result.Value, out.Result.ValueError)
			}
			return nil
		}},
	})
}

func attacks(t testing.TB, o ...option) error {
	t.Helper()
	out, err := ends(t, job("Python", makeAttacks), "Completed", 0, o...)
	if err != nil {
		return err
	}
	for path, why := range map[string]string{
		"link-to-passwd": "symbolic link", "link-to-environ": "symbolic link", "link-upwards": "symbolic link",
		"link-to-directory": "symbolic link", "fifo": "FIFO", "socket": "socket", "hard-link": "hard link",
		`new\nline`: "control character", `invalid\xff`: "UTF-8", `turn\u202eed`: "direction", "closed": "permission",
	} {
		f, ok := out.Result.file(path)
		if !ok || !strings.Contains(f.Refused, why) || f.Content != nil || f.SHA256 != "" {
			return fmt.Errorf("%s should be refused (%s), is %+v of %+v", path, why, f, out.Result.Files)
		}
	}
	for path, content := range map[string]string{
		"honest.txt": "honest", "-rf/--help": "dash", strings.Repeat("x", 255): "long",
	} {
		f, ok := out.Result.file(path)
		if !ok || f.Refused != "" || f.Content == nil || string(*f.Content) != content {
			return fmt.Errorf("%s should be taken, is %+v", path, f)
		}
	}
	return nil
}

func TestOfManyOutputFilesThirtyTwoAreReported(t *testing.T) {
	for name, code := range map[string]string{
		"in one directory": "for i in range(2000): open(f'outputs/{i}', 'w').close()",
		"in two directories": "for i in range(2000):\n    os.makedirs(f'outputs/{i % 2}', exist_ok=True)\n" +
			"    open(f'outputs/{i % 2}/{i}', 'w').close()",
		"just above": "for i in range(33): open(f'outputs/{i}', 'w').close()",
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, job("Python", "import os\n"+code).limit("cpuMillis", 60000))
			if o.Result.Outcome != "Completed" || len(o.Result.Files) != 32 ||
				!strings.Contains(o.Result.Message, "more output files") {
				t.Fatalf("%s; %d files", o.brief(), len(o.Result.Files))
			}
		})
	}
}

func TestDirectoriesTooDeepAreNotWalked(t *testing.T) {
	o := run(t, job("Bash", "cd outputs; for i in {1..20}; do mkdir d; cd d; echo $i > f; done"))
	last := o.Result.Files[len(o.Result.Files)-1]
	deep, ok := o.Result.file(strings.Repeat("d/", 15) + "d")
	if o.Result.Outcome != "Completed" || !ok || !strings.Contains(deep.Refused, "too deep") ||
		len(o.Result.Files) != 16 {
		t.Fatalf("%s, last %+v", o.brief(), last)
	}
}

func TestFilesThatDoNotFitAreHashedWithoutTheirContent(t *testing.T) {
	o := run(t, job("Python", `open("outputs/a", "wb").write(b"a" * 200000)
open("outputs/b", "wb").write(b"b" * 60000)
open("outputs/c", "wb").write(b"c" * 60000)
open("outputs/d", "wb").truncate(10 << 20)
open("outputs/e", "wb").close()`))
	if len(o.Result.Files) != 5 {
		t.Fatal(o.brief(), o.Result.Files)
	}
	for i, want := range []struct {
		path      string
		size      int64
		truncated bool
	}{{"a", 200000, true}, {"b", 60000, false}, {"c", 60000, true}, {"d", 10 << 20, true}, {"e", 0, false}} {
		f := o.Result.Files[i]
		if f.Path != want.path || f.Size != want.size || f.Truncated != want.truncated ||
			(f.Content == nil) != want.truncated ||
			len(f.SHA256) != 64 ||
			f.Refused != "" {
			t.Errorf("want %+v, got %+v", want, f)
		}
	}
}

// While the code runs it may swap names as it likes; nothing is collected before the last of its processes is dead.
func TestASwapRaceFindsNobodyToRaceWith(t *testing.T) {
	for range 5 {
		o := run(t, job("Python", `import os, time
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        os.chdir("outputs")
        n = f"t{os.getpid()}"
        while True:
            open(n, "w").write("honest"); os.rename(n, "victim")
            os.symlink("/etc/passwd", n); os.rename(n, "victim")
time.sleep(0.2)`).limit("cpuMillis", 60000))
		if o.Result.Outcome != "Completed" {
			t.Fatal(o.brief())
		}
		for _, f := range o.Result.Files {
			honest := f.Content != nil && (string(*f.Content) == "honest" || len(*f.Content) == 0)
			if !honest && f.Refused == "" {
				t.Fatalf("collected: %+v", f)
			}
		}
	}
}

func TestTheValueIsPassedOnAsWritten(t *testing.T) {
	const object = `{"a":[1,2.50,1e400,-0],"b":"<é\u00e9>"}`
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	for name, c := range map[string]struct{ written, want, failure string }{
		"an object":          {object, object, ""},
		"a number":           {`12345678901234567890.10`, `12345678901234567890.10`, ""},
		"null":               {`null`, `null`, ""},
		"duplicate keys":     {`{"a":1,"a":2}`, `{"a":1,"a":2}`, ""},
		"a pair":             {`"\ud83d\ude00"`, `"\ud83d\ude00"`, ""},
		"not JSON":           {`{'a':1}`, "", "not JSON"},
		"two values":         {`1 2`, "", "not JSON"},
		"empty":              {``, "", "not JSON"},
		"invalid UTF-8":      {"\"\xff\"", "", "UTF-8"},
		"half a pair":        {`"\ud83d"`, "", "surrogate"},
		"half a pair, swap":  {`"\ude00\ud83d"`, "", "surrogate"},
		"NaN":                {`NaN`, "", "not JSON"},
		"too deep":           {"[" + deep + "]", "", "deeper"},
		"as deep as allowed": {deep, deep, ""},
		"a huge number":      {strings.Repeat("9", 1001), "", "number"},
		"too large":          {`"` + strings.Repeat("x", 32<<10) + `"`, "", "larger than 32768"},
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, job("Bash", "cat > result.json").with("stdin", []byte(c.written)))
			if o.Result.Outcome != "Completed" || string(o.Result.Value) != c.want ||
				!strings.Contains(o.Result.ValueError, c.failure) ||
				(c.failure == "") != (o.Result.ValueError == "") {
				t.Fatalf("value %q, error %q: %s", o.Result.Value, o.Result.ValueError, o.brief())
			}
		})
	}
}

func TestAnEndlessValueIsNotRead(t *testing.T) {
	for name, code := range map[string]string{
		"FIFO":      "mkfifo result.json",
		"directory": "mkdir result.json",
		"sparse":    "truncate -s 10M result.json",
	} {
		t.Run(name, func(t *testing.T) {
			o := run(t, job("Bash", code))
			if o.Result.Outcome != "Completed" || o.Result.Value != nil || o.Result.ValueError == "" {
				t.Fatal(o.brief())
			}
		})
	}
}
