// Command pause is the first process of every pod: it holds the pod's namespaces open, does nothing, and leaves at
// once when told to. Containers of the pod come and go beside it.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	// Orphans of a shared process namespace become children of this process; ignoring SIGCHLD has the kernel reap them.
	signal.Ignore(syscall.SIGCHLD)
	<-stop
	os.Exit(0)
}
