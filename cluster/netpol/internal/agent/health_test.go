package agent

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

func TestReadyFromTheFirstApplicationOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ready")
	if err := os.WriteFile(file, []byte("of an earlier agent"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &Health{ReadyFile: file}
	expect := func(when string, status int, exists bool) {
		t.Helper()
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequest("GET", "/readyz", nil))
		_, err := os.Stat(file)
		if answer.Code != status || (err == nil) != exists {
			t.Errorf("%s: status %d, file %t; want %d, %t", when, answer.Code, err == nil, status, exists)
		}
	}
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	expect("at the start", 503, false)
	record := func(err error) {
		if err := h.Record(err); err != nil {
			t.Fatal(err)
		}
	}
	record(errors.New("refused"))
	expect("after a failure", 503, false)
	record(nil)
	expect("after a success", 200, true)
	record(errors.New("refused"))
	expect("after a later failure", 503, true)
}
