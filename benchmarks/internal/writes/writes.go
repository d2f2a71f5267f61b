// Package writes counts what was written to the API server, by whom and to what kind, from its own audit log.
package writes

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// FlushesWithin is how long the API server may keep events back in audit mode batch (its default).
const FlushesWithin = 31 * time.Second

// Window is a stretch of time.
type Window struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Line is what was written by one client to one kind in one way, successfully and for good.
type Line struct {
	Client string `json:"client"`
	Verb   string `json:"verb"`
	Kind   string `json:"kind"`
	Count  int    `json:"count"`
}

type key struct{ client, verb, kind string }

type event struct {
	Stage      string `json:"stage"`
	RequestURI string `json:"requestURI"`
	Verb       string `json:"verb"`
	User       struct {
		Username string `json:"username"`
	} `json:"user"`
	Impersonated *struct {
		Username string `json:"username"`
	} `json:"impersonatedUser"`
	Object *struct {
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
	} `json:"objectRef"`
	Response *struct {
		Code int `json:"code"`
	} `json:"responseStatus"`
	Received time.Time `json:"requestReceivedTimestamp"`
}

// Contains says whether it was then.
func (w Window) Contains(then time.Time) bool { return !then.Before(w.From) && !then.After(w.To) }

// Counter knows the names of clients and counts within windows.
type Counter struct {
	windows []Window
	counts  map[key]int
}

// NewCounter counts what the API server received within any of the windows, of which there is at least one.
func NewCounter(windows ...Window) *Counter {
	return &Counter{windows: windows, counts: map[key]int{}}
}

// Read takes in an audit log of JSON lines. Half a line at its end is one that the API server is still writing.
func (c *Counter) Read(log io.Reader) error {
	reader := bufio.NewReaderSize(log, 1<<20)
	for {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var each event
		if err := json.Unmarshal(line, &each); err != nil {
			return fmt.Errorf("a line of the audit log: %w", err)
		}
		c.take(each)
	}
}

func (c *Counter) take(each event) {
	if each.Stage != "ResponseComplete" || each.Object == nil || !changes(each) ||
		!slices.ContainsFunc(c.windows, func(window Window) bool { return window.Contains(each.Received) }) {
		return
	}
	if each.Response != nil && each.Response.Code >= 400 {
		return
	}
	kind := each.Object.Resource
	if each.Object.Subresource != "" {
		kind += "/" + each.Object.Subresource
	}
	user := each.User.Username
	if each.Impersonated != nil {
		user = each.Impersonated.Username
	}
	c.counts[key{Client(user), each.Verb, kind}]++
}

// Reviews change nothing, a dry run neither; attach and exec are doors, whatever verb opens them.
func changes(each event) bool {
	switch each.Verb {
	case "create", "update", "patch", "delete", "deletecollection":
	default:
		return false
	}
	switch each.Object.Resource {
	case "subjectaccessreviews", "selfsubjectaccessreviews", "localsubjectaccessreviews", "tokenreviews",
		"selfsubjectreviews":
		return false
	}
	switch each.Object.Subresource {
	case "attach", "exec", "portforward", "proxy", "token":
		return false
	}
	return !strings.Contains(each.RequestURI, "dryRun=")
}

// Client is who a user of the API server is, in words that hold on every cluster.
func Client(username string) string {
	const serviceAccount = "system:serviceaccount:"
	switch {
	case strings.HasPrefix(username, "system:node:"):
		return "kubelet"
	case username == "system:kube-scheduler":
		return "scheduler"
	case username == "system:kube-controller-manager", strings.HasPrefix(username, serviceAccount+"kube-system:"):
		return "controller-manager"
	case strings.HasPrefix(username, "system:apiserver"):
		return "apiserver"
	case strings.HasSuffix(username, ":countersign-operator"):
		return "operator"
	case strings.HasPrefix(username, serviceAccount):
		return "agent"
	default:
		return "person"
	}
}

// Lines are the counts, by client, kind and verb.
func (c *Counter) Lines() []Line {
	var lines []Line
	for key, count := range c.counts {
		lines = append(lines, Line{Client: key.client, Verb: key.verb, Kind: key.kind, Count: count})
	}
	sortLines(lines)
	return lines
}

// ReadFiles takes in the log at path and, where it was rotated meanwhile, the files beside it that it was rotated to
// since the first window began.
func (c *Counter) ReadFiles(path string) error {
	files, err := rotated(path, slices.MinFunc(c.windows, func(a, b Window) int { return a.From.Compare(b.From) }).From)
	if err != nil {
		return err
	}
	for _, each := range files {
		file, err := os.Open(each)
		if err != nil {
			return err
		}
		err = c.Read(file)
		if closing := file.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return fmt.Errorf("%s: %w", each, err)
		}
	}
	return nil
}
