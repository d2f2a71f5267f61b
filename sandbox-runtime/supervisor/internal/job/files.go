package job

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

const (
	maxFiles     = 32
	maxPathBytes = 255
)

func checkFiles(files []payloadFile) ([]File, error) {
	if len(files) > maxFiles {
		return nil, fmt.Errorf("files: more than %d", maxFiles)
	}
	seen := map[string]bool{}
	checked := make([]File, 0, len(files))
	for i, file := range files {
		if err := checkPath(file.Path); err != nil {
			return nil, fmt.Errorf("files[%d].path: %w", i, err)
		}
		if seen[file.Path] {
			return nil, fmt.Errorf("files[%d].path: given twice", i)
		}
		seen[file.Path] = true
		checked = append(checked, File{Path: file.Path, Content: file.Content})
	}
	return checked, nil
}

// checkPath takes any path below the directory of the input files.
func checkPath(path string) error {
	if path == "" || len(path) > maxPathBytes {
		return fmt.Errorf("must be 1 to %d bytes", maxPathBytes)
	}
	if strings.ContainsFunc(path, unicode.IsControl) {
		return errors.New("has a control character")
	}
	segments := strings.Split(path, "/")
	for _, segment := range segments {
		if segment == "" || segment == "." || segment == ".." {
			return errors.New("must be relative, without empty, '.' and '..' segments")
		}
	}
	return nil
}
