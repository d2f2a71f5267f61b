// Package health runs the Argo CD health checks of this repository as Argo CD runs checks of its argocd-cm: with
// gopher-lua, without Lua's standard libraries except base, table and package, and for at most a second.
package health

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Group is the API group of all kinds that have a check.
const Group = "countersign.dev"

const (
	scriptFile = "health.lua"
	// How long Argo CD lets a check run.
	patience = time.Second
)

// Kinds are those that have a check.
var Kinds = []string{"CodeTemplate", "TemplateApproval", "Execution", "ExecutionApproval"}

// The statuses that Argo CD takes from a check; any other becomes Unknown there.
var statuses = map[string]bool{
	"Healthy": true, "Progressing": true, "Degraded": true, "Suspended": true, "Missing": true, "Unknown": true,
}

// Verdict is what a check says of an object.
type Verdict struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// Checks are the scripts, by kind.
type Checks map[string]string

// Load reads KIND/health.lua of every kind below directory.
func Load(directory string) (Checks, error) {
	checks := Checks{}
	for _, kind := range Kinds {
		script, err := os.ReadFile(filepath.Join(directory, kind, scriptFile))
		if err != nil {
			return nil, err
		}
		checks[kind] = string(script)
	}
	return checks, nil
}

// Judge runs the check for the object's kind. Without one, as for objects of other groups, there is no verdict and no
// error.
func (checks Checks) Judge(object map[string]any) (*Verdict, error) {
	version, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	script, known := checks[kind]
	if !known || filepath.Dir(version) != Group {
		return nil, nil
	}
	verdict, err := run(script, object)
	if err != nil {
		return nil, fmt.Errorf("health check of %s: %w", kind, err)
	}
	return verdict, nil
}

func run(script string, object map[string]any) (*Verdict, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable,
	} {
		call := lua.P{Fn: state.NewFunction(open), Protect: true}
		if err := state.CallByParam(call, lua.LString(name)); err != nil {
			return nil, err
		}
	}
	limited, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	state.SetContext(limited)
	state.SetGlobal("obj", value(state, object))
	if err := state.DoString(script); err != nil {
		return nil, err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return nil, fmt.Errorf("returned a %s instead of a table", state.Get(-1).Type())
	}
	return verdictOf(table)
}

func verdictOf(table *lua.LTable) (*Verdict, error) {
	verdict := &Verdict{}
	var problems []error
	table.ForEach(func(key, each lua.LValue) {
		text, isText := each.(lua.LString)
		switch {
		case key.String() == "status" && isText && statuses[string(text)]:
			verdict.Status = string(text)
		case key.String() == "message" && isText:
			verdict.Message = string(text)
		default:
			problems = append(problems, fmt.Errorf("returned %s = %q", key, each))
		}
	})
	if verdict.Status == "" {
		problems = append(problems, errors.New("returned no status"))
	}
	return verdict, errors.Join(problems...)
}

// value is what Lua sees of a piece of JSON or YAML.
func value(state *lua.LState, from any) lua.LValue {
	switch from := from.(type) {
	case bool:
		return lua.LBool(from)
	case string:
		return lua.LString(from)
	case int64:
		return lua.LNumber(from)
	case float64:
		return lua.LNumber(from)
	case []any:
		list := state.CreateTable(len(from), 0)
		for _, each := range from {
			list.Append(value(state, each))
		}
		return list
	case map[string]any:
		table := state.CreateTable(0, len(from))
		for key, each := range from {
			table.RawSetString(key, value(state, each))
		}
		return table
	default:
		return lua.LNil
	}
}
