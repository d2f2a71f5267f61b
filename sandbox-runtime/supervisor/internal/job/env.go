package job

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
)

const maxEnv = 64

var envName = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,127}$`)

// Variables that steer the loader, the C library, a shell or an interpreter, or that the supervisor itself sets.
var (
	steeringNames = []string{
		"PATH", "HOME", "TMPDIR", "LANG", "LANGUAGE", "ENV", "IFS", "CDPATH", "PS4", "PROMPT_COMMAND", "SHELLOPTS",
		"GLOBIGNORE", "EXECIGNORE", "POSIXLY_CORRECT", "FUNCNEST", "GCONV_PATH", "LOCPATH", "NLSPATH", "TZDIR",
		"HOSTALIASES", "RES_OPTIONS", "LOCALDOMAIN", "AWKPATH", "AWKLIBPATH",
	}
	steeringBeginnings = []string{
		"LD_", "LC_", "GLIBC_", "MALLOC_", "PYTHON", "NODE_", "UV_", "OPENSSL_", "SSL_", "BASH", "GREP_",
		"COUNTERSIGN_", "KUBERNETES_",
	}
)

// checkEnv allows names of capital letters that steer nothing, and returns NAME=value, sorted.
func checkEnv(env map[string]string) ([]string, error) {
	if len(env) > maxEnv {
		return nil, fmt.Errorf("env: more than %d", maxEnv)
	}
	list := make([]string, 0, len(env))
	for name, value := range env {
		if !envName.MatchString(name) {
			return nil, errors.New("env: a name is not of the form [A-Z][A-Z0-9_]*")
		}
		if steers(name) {
			return nil, errors.New("env: " + name + " is not allowed, because it steers the sandbox itself")
		}
		if strings.ContainsRune(value, 0) {
			return nil, errors.New("env: the value of " + name + " has a NUL")
		}
		list = append(list, name+"="+value)
	}
	sort.Strings(list)
	return list, nil
}

func steers(name string) bool {
	return slices.Contains(steeringNames, name) ||
		slices.ContainsFunc(steeringBeginnings, func(b string) bool { return strings.HasPrefix(name, b) })
}
