//go:build guardtest

package guard

import "os"

// off is the one guard that this test build leaves out, named by the environment of the supervisor.
var off = os.Getenv("SUPERVISOR_GUARD_OFF")

// Off reports whether the named guard is switched off by the test.
func Off(name string) bool { return name == off }
