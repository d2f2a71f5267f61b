// Package job holds what the operator asks the supervisor to run, read strictly: whatever is not understood is refused
// before anything runs.
package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"countersign.dev/supervisor/internal/language"
	"countersign.dev/supervisor/internal/wire"
)

// Job is one run, checked.
type Job struct {
	UID      [16]byte
	UIDText  string
	Attempt  uint32
	Key      [wire.KeyBytes]byte
	Code     string
	Inputs   []byte // the bytes of inputs.json
	Stdin    []byte
	Files    []File
	Env      []string // NAME=value, sorted
	Language language.Language
	Limits   Limits
}

// File is one input file, its path relative to the work directory.
type File struct {
	Path    string
	Content []byte
}

// Limits are what a run may use. Each is at least 1.
type Limits struct {
	CPU         time.Duration
	Wall        time.Duration
	MemoryBytes int64
	OutputBytes int64
	DiskBytes   int64
	Processes   int
	FileBytes   int64 // bytes of output files that the result may carry
	ValueBytes  int64 // bytes of result.json
}

// payload is the job frame's JSON. Pointers tell what is missing from what is zero.
type payload struct {
	Version      int               `json:"version"`
	ExecutionUID string            `json:"executionUid"`
	Attempt      int64             `json:"attempt"`
	Key          []byte            `json:"key"`
	Language     string            `json:"language"`
	Code         *string           `json:"code"`
	Inputs       json.RawMessage   `json:"inputs"`
	Stdin        []byte            `json:"stdin"`
	Files        []payloadFile     `json:"files"`
	Env          map[string]string `json:"env"`
	Limits       payloadLimits     `json:"limits"`
}

type payloadFile struct {
	Path    string `json:"path"`
	Content []byte `json:"content"`
}

type payloadLimits struct {
	CPUMillis   int64 `json:"cpuMillis"`
	WallMillis  int64 `json:"wallMillis"`
	MemoryBytes int64 `json:"memoryBytes"`
	OutputBytes int64 `json:"outputBytes"`
	DiskBytes   int64 `json:"diskBytes"`
	Processes   int64 `json:"processes"`
	FileBytes   int64 `json:"fileBytes"`
	ValueBytes  int64 `json:"valueBytes"`
}

// Parse reads a job for a sandbox of the given language. An error names the field and never quotes its value, so that
// neither key nor code can reach a log through it.
func Parse(data []byte, sandbox language.Language) (*Job, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("the job is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var p payload
	if err := decoder.Decode(&p); err != nil {
		return nil, describe(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("the job has bytes after its JSON value")
	}
	return p.check(sandbox)
}

// describe keeps the name of a field and drops everything else that the JSON package says.
func describe(err error) error {
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &mistyped) {
		return fmt.Errorf("the job's field %q has the wrong type", mistyped.Field)
	}
	const unknown = "json: unknown field "
	if text := err.Error(); len(text) > len(unknown) && text[:len(unknown)] == unknown && len(text) < 128 {
		return errors.New("the job has the unknown field " + text[len(unknown):])
	}
	return errors.New("the job is not valid JSON of version 1")
}

func (p *payload) check(sandbox language.Language) (*Job, error) {
	if p.Version != 1 {
		return nil, errors.New("version: only 1 is known")
	}
	uid, err := parseUID(p.ExecutionUID)
	if err != nil {
		return nil, err
	}
	if p.Attempt < 1 || p.Attempt > 1<<31-1 {
		return nil, errors.New("attempt: must be 1 to 2147483647")
	}
	if len(p.Key) != wire.KeyBytes {
		return nil, errors.New("key: must be 32 bytes")
	}
	if p.Language != sandbox.Name {
		return nil, errors.New("language: this sandbox is for " + sandbox.Name)
	}
	if p.Code == nil {
		return nil, errors.New("code: missing")
	}
	limits, err := p.Limits.check()
	if err != nil {
		return nil, err
	}
	files, err := checkFiles(p.Files)
	if err != nil {
		return nil, err
	}
	env, err := checkEnv(p.Env)
	if err != nil {
		return nil, err
	}
	inputs := []byte(p.Inputs)
	if len(inputs) == 0 {
		inputs = []byte("{}")
	}
	return &Job{
		UID: uid, UIDText: p.ExecutionUID, Attempt: uint32(p.Attempt), Key: [wire.KeyBytes]byte(p.Key),
		Code: *p.Code, Inputs: inputs, Stdin: p.Stdin, Files: files, Env: env, Language: sandbox, Limits: limits,
	}, nil
}
