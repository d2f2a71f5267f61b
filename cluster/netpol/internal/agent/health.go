package agent

import (
	"fmt"
	"net/http"
	"os"
	"sync"
)

// Health tells whether the rules hold: over HTTP, and by a file that exists from the first time they do.
type Health struct {
	// ReadyFile is written when the rules were applied for the first time. Empty: none.
	ReadyFile string

	mu      sync.Mutex
	applied bool
	last    error
}

// Start removes the file of an agent before this one.
func (h *Health) Start() error {
	if h.ReadyFile == "" {
		return nil
	}
	if err := os.Remove(h.ReadyFile); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("ready file: %w", err)
	}
	return nil
}

// Record takes the outcome of an application. It returns the error that keeps the ready file from being written.
func (h *Health) Record(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = err
	if err != nil || h.applied {
		return nil
	}
	h.applied = true
	if h.ReadyFile == "" {
		return nil
	}
	return os.WriteFile(h.ReadyFile, []byte("ready\n"), 0o644)
}

// ServeHTTP answers 200 if the rules were applied and the last attempt to change them did not fail, else 503.
func (h *Health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.last != nil:
		http.Error(w, h.last.Error(), http.StatusServiceUnavailable)
	case !h.applied:
		http.Error(w, "no rules applied yet", http.StatusServiceUnavailable)
	default:
		fmt.Fprintln(w, "ok")
	}
}
