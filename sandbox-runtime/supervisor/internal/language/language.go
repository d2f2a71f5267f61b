// Package language knows how each language's interpreter is started and which file it runs.
package language

import (
	"errors"
	"path"
)

// Work is the directory of a run: the code's home, its current directory and the one place it may write to.
const Work = "/work"

// Language is what differs between the sandboxes.
type Language struct {
	// Name is the word of the CodeTemplate's field language.
	Name string
	// File is the name of the code's file in the work directory.
	File string
	// Interpreter is looked up on the fixed PATH and started with the file as its only argument.
	Interpreter string
	// hook is the file, below the directory of the hooks, that makes the interpreter wait before it opens File;
	// hookVariable is the interpreter's own variable that names it, with the prefix hookPrefix.
	hook, hookVariable, hookPrefix string
	// env are variables that this interpreter always gets.
	env []string
}

var known = []Language{
	{
		Name: "Python", File: "main.py", Interpreter: "python3",
		hook: "python", hookVariable: "PYTHONPATH",
		// Else what the code has printed is lost when a limit ends it: Python holds back 8 KiB for a pipe.
		env: []string{"PYTHONUNBUFFERED=1"},
	},
	{
		Name: "JavaScript", File: "main.js", Interpreter: "node",
		hook: "javascript.cjs", hookVariable: "NODE_OPTIONS", hookPrefix: "--require=",
	},
	{
		Name: "Bash", File: "main.sh", Interpreter: "bash",
		hook: "bash.sh", hookVariable: "BASH_ENV",
	},
}

// ByName finds a language by the word that CodeTemplates use.
func ByName(name string) (Language, error) {
	for _, l := range known {
		if l.Name == name {
			return l, nil
		}
	}
	return Language{}, errors.New("the language must be Python, JavaScript or Bash")
}

// Path is where the code's file lies.
func (l Language) Path() string { return path.Join(Work, l.File) }

// Hook is the file or directory that must exist below hooks for the interpreter to wait.
func (l Language) Hook(hooks string) string { return path.Join(hooks, l.hook) }

// Env is the whole environment of the interpreter: nothing of the supervisor's own is passed on, because the kubelet
// puts KUBERNETES_SERVICE_* there. The hook removes its own variable before the code runs.
func (l Language) Env(hooks string, extra []string) []string {
	env := []string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=" + Work,
		"TMPDIR=" + path.Join(Work, "tmp"),
		"LANG=C.UTF-8",
		"LC_ALL=C.UTF-8",
		"COUNTERSIGN_INPUTS=" + path.Join(Work, "inputs.json"),
		"COUNTERSIGN_FILES=" + path.Join(Work, "files"),
		"COUNTERSIGN_OUTPUTS=" + path.Join(Work, "outputs"),
		"COUNTERSIGN_RESULT=" + path.Join(Work, "result.json"),
		l.hookVariable + "=" + l.hookPrefix + l.Hook(hooks),
	}
	return append(append(env, l.env...), extra...)
}
