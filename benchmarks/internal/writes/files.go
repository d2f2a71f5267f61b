package writes

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The log itself and its older files that were written to after since: audit.log, audit-<time>.log.
func rotated(path string, since time.Time) ([]string, error) {
	suffix := filepath.Ext(path)
	older, err := filepath.Glob(strings.TrimSuffix(path, suffix) + "-*" + suffix)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, each := range append(older, path) {
		info, err := os.Stat(each)
		if err != nil {
			return nil, err
		}
		if !info.ModTime().Before(since) {
			files = append(files, each)
		}
	}
	return files, nil
}

func sortLines(lines []Line) {
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Client, b.Client), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Verb, b.Verb))
	})
}

// Of sums what a client wrote; events apart, because the recorder drops and merges them as it likes.
func Of(lines []Line, client string) (objects, events int) {
	for _, each := range lines {
		switch {
		case each.Client != client:
		case each.Kind == "events":
			events += each.Count
		default:
			objects += each.Count
		}
	}
	return objects, events
}
