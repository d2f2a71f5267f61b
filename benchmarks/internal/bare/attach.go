package bare

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"

	"countersign.dev/benchmarks/internal/latency"
)

// Copies stdin to stdout line by line, at once.
var echo = []string{"python3", "-u", "-c", "import sys\nfor line in sys.stdin: sys.stdout.write(line)\n"}

// How long the end of a stream is waited for; the kubelet may notice a container's end late.
const longestEnd = 5 * time.Second

// RoundTrips measures most times how long a line takes to a pod and back over a stream that is already open.
func (n *Namespace) RoundTrips(ctx context.Context, name string, shape Shape, most int) (*latency.Histogram, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if _, err := n.Start(ctx, name, shape.Spec("Python", echo)); err != nil {
		return nil, err
	}
	url := n.Administrator.Typed.CoreV1().RESTClient().Post().Resource("pods").Namespace(n.Name).Name(name).
		SubResource("attach").VersionedParams(
		&core.PodAttachOptions{Container: Container, Stdin: true, Stdout: true}, scheme.ParameterCodec).URL()
	executor, err := remotecommand.NewWebSocketExecutor(n.Administrator.Config, "GET", url.String())
	if err != nil {
		return nil, err
	}
	input, toPod := io.Pipe()
	fromPod, output := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: input, Stdout: output})
		output.CloseWithError(fmt.Errorf("the stream has ended: %w", err))
		input.CloseWithError(io.ErrClosedPipe)
	}()
	defer func() {
		// The echo ends with its input, and the stream with the echo; one that is torn off is told as an error.
		_ = toPod.Close()
		select {
		case <-ended:
		case <-time.After(longestEnd):
		}
	}()
	trips := latency.New()
	lines := bufio.NewReader(fromPod)
	// The first ones find the interpreter starting and the stream opening.
	const warmUp = 5
	for number := range most + warmUp {
		sent := time.Now()
		if _, err := fmt.Fprintf(toPod, "line %d\n", number); err != nil {
			return nil, err
		}
		back, err := lines.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if want := fmt.Sprintf("line %d\n", number); back != want {
			return nil, fmt.Errorf("%q came back for %q", back, want)
		}
		if number >= warmUp {
			trips.Record(time.Since(sent))
		}
	}
	return trips, nil
}
