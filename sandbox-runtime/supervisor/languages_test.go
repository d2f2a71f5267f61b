package main_test

import (
	"bytes"
	"strings"
	"testing"
)

// program is the same small program in each language.
type program struct{ python, javascript, bash string }

func (p program) each(t *testing.T, check func(t *testing.T, language, code string)) {
	t.Helper()
	for _, l := range []struct{ name, code string }{
		{"Python", p.python}, {"JavaScript", p.javascript}, {"Bash", p.bash},
	} {
		t.Run(l.name, func(t *testing.T) { check(t, l.name, l.code) })
	}
}

func TestStdoutStderrAndExitCodeArriveApart(t *testing.T) {
	program{
		python:     "import sys\nprint('naïve 測試')\nprint('err', file=sys.stderr)\nsys.exit(3)",
		javascript: "console.log('naïve 測試'); console.error('err'); process.exit(3)",
		bash:       "echo 'naïve 測試'; echo err >&2; exit 3",
	}.each(t, func(t *testing.T, language, code string) {
		o := run(t, job(language, code))
		if o.Exit != 0 || o.Verdict != "Complete" || string(o.Stdout) != "naïve 測試\n" || string(o.Stderr) != "err\n" ||
			o.Result.Outcome != "ExitNonZero" || o.Result.ExitCode == nil || *o.Result.ExitCode != 3 ||
			o.Result.Signal != nil {
			t.Fatal(o.brief())
		}
		if o.Accepted["executionUid"] != testUID || o.Accepted["attempt"] != 1.0 || o.Accepted["version"] != 1.0 {
			t.Fatalf("accepted: %v", o.Accepted)
		}
	})
}

func TestAnEmptyProgramCompletes(t *testing.T) {
	program{}.each(t, func(t *testing.T, language, code string) {
		o := run(t, job(language, code))
		if o.Verdict != "Complete" || o.Result.Outcome != "Completed" || len(o.Stdout)+len(o.Stderr) != 0 ||
			o.Result.ExitCode == nil || *o.Result.ExitCode != 0 || len(o.Result.Files) != 0 || o.Result.Value != nil {
			t.Fatal(o.brief())
		}
	})
}

func TestASignalOfTheCodesOwnIsTold(t *testing.T) {
	program{
		python:     "import os\nos.kill(os.getpid(), 9)",
		javascript: "process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 10000)",
		bash:       "kill -9 $$",
	}.each(t, func(t *testing.T, language, code string) {
		o := run(t, job(language, code))
		if o.Result.Outcome != "ExitNonZero" || o.Result.ExitCode != nil || o.Result.Signal == nil ||
			*o.Result.Signal != "SIGKILL" {
			t.Fatal(o.brief())
		}
	})
}

func TestInputsStdinFilesValueAndOutputFiles(t *testing.T) {
	program{
		python: `import json, os, sys
inputs = json.load(open(os.environ["COUNTERSIGN_INPUTS"]))
text = sys.stdin.read() + open("files/data/Straße.csv").read() + inputs["word"]
json.dump({"text": text, "n": 1}, open(os.environ["COUNTERSIGN_RESULT"], "w"))
os.makedirs(os.environ["COUNTERSIGN_OUTPUTS"] + "/sub")
open(os.environ["COUNTERSIGN_OUTPUTS"] + "/sub/out.txt", "w").write(text)`,
		javascript: `const fs = require('fs');
const inputs = JSON.parse(fs.readFileSync(process.env.COUNTERSIGN_INPUTS, 'utf8'));
const text = fs.readFileSync(0, 'utf8') + fs.readFileSync('files/data/Straße.csv', 'utf8') + inputs.word;
fs.writeFileSync(process.env.COUNTERSIGN_RESULT, JSON.stringify({text, n: 1}));
fs.mkdirSync(process.env.COUNTERSIGN_OUTPUTS + '/sub');
fs.writeFileSync(process.env.COUNTERSIGN_OUTPUTS + '/sub/out.txt', text);`,
		bash: `text="$(cat)$(cat files/data/Straße.csv)$(sed 's/.*"word":"\([^"]*\)".*/\1/' "$COUNTERSIGN_INPUTS")"
printf '{"text":"%s","n":1}' "$text" > "$COUNTERSIGN_RESULT"
mkdir "$COUNTERSIGN_OUTPUTS/sub"; printf %s "$text" > "$COUNTERSIGN_OUTPUTS/sub/out.txt"`,
	}.each(t, func(t *testing.T, language, code string) {
		j := job(language, code).with("stdin", []byte("größe;")).with("inputs", testJob{"word": "mañana"}).
			with("files", []testJob{{"path": "data/Straße.csv", "content": []byte("日本;")}})
		o := run(t, j)
		const want = "größe;日本;mañana"
		file, ok := o.Result.file("sub/out.txt")
		value, _ := o.Stream.Result["value"].(map[string]any)
		if o.Result.Outcome != "Completed" || value["text"] != want || value["n"] != 1.0 || !ok ||
			file.Content == nil || string(*file.Content) != want || file.Size != int64(len(want)) ||
			len(file.SHA256) != 64 {
			t.Fatalf("%s value %s files %+v", o.brief(), o.Result.Value, o.Result.Files)
		}
	})
}

func TestStdinOfTwoHundredKiBArrivesWhole(t *testing.T) {
	input := bytes.Repeat([]byte("0123456789abcdef"), 200<<10/16)
	program{
		python:     "import sys\nprint(len(sys.stdin.buffer.read()))",
		javascript: "console.log(require('fs').readFileSync(0).length)",
		bash:       "wc -c",
	}.each(t, func(t *testing.T, language, code string) {
		o := run(t, job(language, code).with("stdin", input))
		if strings.TrimSpace(string(o.Stdout)) != "204800" {
			t.Fatal(o.brief())
		}
	})
}

// The interpreter waits in its own start-up hook; nothing of that may be visible to an ordinary program.
func TestARunLooksLikeAPlainRun(t *testing.T) {
	program{
		python: `import os, sys
print(__name__, __file__, sys.argv, sys.orig_argv, sorted(k for k in globals() if not k.startswith("__")))
print([p for p in sys.path if not p.startswith("/usr/")], os.getcwd(), open("/proc/self/cmdline").read().split("\0"))
print(*sorted(os.environ), sep="\n")
print(sorted(os.listdir("/proc/self/fd")), os.getsid(0) == os.getpid())`,
		javascript: `console.log(require.main === module, __filename, process.argv.slice(1), process.execArgv)
console.log(Object.keys(require.cache), process.cwd(), process.env.NODE_OPTIONS)
console.log(Object.keys(process.env).sort().join())
try { require('fs').fstatSync(3) } catch (e) { console.log(e.code) }
new (require('worker_threads').Worker)('console.log("worker", 6 * 7)', {eval: true})`,
		bash: `echo "$0 $# $BASH_SOURCE $LINENO $- ${BASH_ENV-unset} ${REPLY-unset} $(pwd)"
tr '\0' ' ' < /proc/$$/cmdline; echo
env | sort; (echo >&3) 2>/dev/null || echo closed`,
	}.each(t, func(t *testing.T, language, code string) {
		o := run(t, job(language, code))
		want := map[string]string{
			"Python": `__main__ /work/main.py ['/work/main.py'] ['python3', '/work/main.py'] ['os', 'sys']
['/work'] /work ['python3', '/work/main.py', '']
COUNTERSIGN_FILES
COUNTERSIGN_INPUTS
COUNTERSIGN_OUTPUTS
COUNTERSIGN_RESULT
HOME
LANG
LC_ALL
PATH
PYTHONUNBUFFERED
TMPDIR
['0', '1', '2', '3'] True
`,
			"JavaScript": `true /work/main.js [ '/work/main.js' ] []
[ '/work/main.js' ] /work undefined
COUNTERSIGN_FILES,COUNTERSIGN_INPUTS,COUNTERSIGN_OUTPUTS,COUNTERSIGN_RESULT,HOME,LANG,LC_ALL,PATH,TMPDIR
`,
			"Bash": `/work/main.sh 0 /work/main.sh 1 hB unset unset /work
bash /work/main.sh 
COUNTERSIGN_FILES=/work/files
COUNTERSIGN_INPUTS=/work/inputs.json
COUNTERSIGN_OUTPUTS=/work/outputs
COUNTERSIGN_RESULT=/work/result.json
HOME=/work
LANG=C.UTF-8
LC_ALL=C.UTF-8
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PWD=/work
SHLVL=1
TMPDIR=/work/tmp
_=/usr/bin/env
closed
`,
		}[language]
		if got := string(o.Stdout); !strings.HasPrefix(got, want) || language != "JavaScript" && got != want {
			t.Fatalf("got:\n%s\nwant:\n%s\n%s", got, want, o.brief())
		}
		if language == "JavaScript" && !strings.Contains(string(o.Stdout), "worker 42\n") {
			t.Fatal("worker threads do not work: " + o.brief())
		}
	})
}

func TestErrorsNameTheCodesFileAndLine(t *testing.T) {
	program{
		python:     "\ndef f():\n    raise ValueError('bad')\nf()\n",
		javascript: "\nfunction f() {\n  throw new Error('bad') }\nf()\n",
		bash:       "\n\nno_such_command\n",
	}.each(t, func(t *testing.T, language, code string) {
		o := run(t, job(language, code))
		want := map[string][]string{
			"Python": {
				"Traceback (most recent call last):\n  File \"/work/main.py\", line 4, in <module>\n    f()\n",
				`File "/work/main.py", line 3, in f`, "raise ValueError('bad')\n", "ValueError: bad\n",
			},
			"JavaScript": {"/work/main.js:3\n  throw new Error('bad') }\n", "at f (/work/main.js:3:9)"},
			"Bash":       {"/work/main.sh: line 3: no_such_command: command not found"},
		}[language]
		for _, part := range want {
			if !strings.Contains(string(o.Stderr), part) {
				t.Fatalf("stderr lacks %q: %s", part, o.brief())
			}
		}
		if strings.Contains(string(o.Stderr), "/countersign") {
			t.Fatal("the hook shows in " + o.brief())
		}
	})
}

func TestVariablesOfTheJobReachTheInterpreterFromItsStart(t *testing.T) {
	program{
		python: "import os\nprint(os.environ['GREETING'], b'GREETING' in open('/proc/self/environ','rb').read())",
		javascript: "const fs = require('fs'); " +
			"console.log(process.env.GREETING, fs.readFileSync('/proc/self/environ').includes('GREETING'))",
		bash: "echo $GREETING $(tr '\\0' '\\n' < /proc/$$/environ | grep -c GREETING)",
	}.each(t, func(t *testing.T, language, code string) {
		o := run(t, job(language, code).with("env", map[string]string{"GREETING": "hallo"}))
		if got := strings.ToLower(string(o.Stdout)); got != "hallo true\n" && got != "hallo 1\n" {
			t.Fatal(o.brief())
		}
	})
}

// The kubelet puts KUBERNETES_SERVICE_* into every container; the launchers of these tests do the same.
func TestNothingOfTheSupervisorsEnvironmentReachesTheCode(t *testing.T) {
	o := run(t, job("Bash", "cat /proc/$$/environ /proc/self/environ; cat /proc/1/environ; true"))
	if bytes.Contains(o.Stdout, []byte("KUBERNETES")) || bytes.Contains(o.Stdout, []byte("GUARD")) {
		t.Fatal(o.brief())
	}
}

// Whoever brings the files of a run is not who wrote the code: nothing among them may be loaded as code.
func TestInputFilesAreNeverLoadedAsCode(t *testing.T) {
	program{
		python: `import csv, json, colorsys
print("approved")`,
		javascript: `console.log('approved');
try { require('brought'); } catch (e) { console.log(e.code); }`,
		bash: `source brought.sh 2>/dev/null || true
echo approved`,
	}.each(t, func(t *testing.T, language, code string) {
		j := job(language, code)
		j.with("files", []testJob{
			{"path": "csv.py", "content": []byte(`print("never approved")`)},
			{"path": "colorsys/__init__.py", "content": []byte(`print("never approved")`)},
			{"path": "sitecustomize.py", "content": []byte(`print("never approved")`)},
			{"path": "package.json", "content": []byte(`{"type": "module", "main": "x.js"}`)},
			{"path": "node_modules/brought/index.js", "content": []byte(`console.log("never approved")`)},
			{"path": "brought.sh", "content": []byte(`echo never approved`)},
			{"path": "main.py", "content": []byte(`print("never approved")`)},
		})
		o := run(t, j)
		if o.Result.Outcome != "Completed" || bytes.Contains(o.Stdout, []byte("never")) ||
			!bytes.Contains(o.Stdout, []byte("approved")) {
			t.Fatalf("%s stdout %q stderr %q", o.brief(), o.Stdout, o.Stderr)
		}
	})
}
