package main_test

import (
	"fmt"
	"testing"
)

// The code was approved; the input files come with the run. No file may become code by its name alone.
func TestInputFilesAreDataAndNeverCode(t *testing.T) {
	const evil = "import os, sys; print('code that nobody approved'); sys.exit(9)"
	runs := func(j testJob, want string, files map[string]string) func(testing.TB, ...option) error {
		list := []testJob{}
		for path, content := range files {
			list = append(list, testJob{"path": path, "content": []byte(content)})
		}
		return func(t testing.TB, o ...option) error {
			out := run(t, j.with("files", list), o...)
			if out.Result.Outcome != "Completed" || string(out.Stdout) != want {
				return fmt.Errorf("want %q: %s", want, out.brief())
			}
			return nil
		}
	}
	proveAll(t, []scenario{
		{"a module named as one of Python's own", "files-apart", runs(
			job("Python", "import csv, colorsys\nprint('approved')"), "approved\n",
			map[string]string{"csv.py": evil, "colorsys/__init__.py": evil})},
		{"the same in a child of the code's", "files-apart", runs(
			job(
				"Python",
				"import subprocess, sys\nsys.exit(subprocess.call([sys.executable, '-c', 'import csv; print(1)']))",
			),
			"1\n",
			map[string]string{"csv.py": evil},
		)},
		{"a fresh interpreter, because the job has variables", "", runs(
			job("Python", "import csv\nprint('approved')").with("env", testJob{"A": "b"}), "approved\n",
			map[string]string{"csv.py": evil, "sitecustomize.py": evil, "usercustomize.py": evil})},
		{"Node's packages and their settings", "files-apart", runs(
			job("JavaScript", "try { require('csv') } catch (e) { console.log(e.code) }"), "MODULE_NOT_FOUND\n",
			map[string]string{"node_modules/csv/index.js": "process.exit(9)", "package.json": `{"type":"module"}`})},
		{"a library that the script sources", "files-apart", runs(
			job("Bash", ". lib.sh 2>/dev/null || echo missing"), "missing\n",
			map[string]string{"lib.sh": "echo 'code that nobody approved'"})},
		{"settings in the home directory", "files-apart", runs(
			job("Bash", "echo '[1]' | jq -c 'map(.+1)'"), "[2]\n",
			map[string]string{".jq": "def map(f): \"code that nobody approved\";"})},
	})
}
