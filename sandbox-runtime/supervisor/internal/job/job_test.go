package job

import (
	"strings"
	"testing"

	"countersign.dev/supervisor/internal/language"
)

const good = `{"version":1,"executionUid":"01020304-0506-0708-090a-0b0c0d0e0f10","attempt":1,` +
	`"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","language":"Bash","code":"SECRETWORD",` +
	`"limits":{"cpuMillis":1,"wallMillis":1,"memoryBytes":1,"outputBytes":1,"diskBytes":1,` +
	`"processes":1,"fileBytes":1,"valueBytes":1}}`

func parse(t *testing.T, text string) (*Job, error) {
	t.Helper()
	bash, err := language.ByName("Bash")
	if err != nil {
		t.Fatal(err)
	}
	return Parse([]byte(text), bash)
}

func TestAJobWithoutOptionalPartsIsWhole(t *testing.T) {
	j, err := parse(t, good)
	if err != nil || string(j.Inputs) != "{}" || len(j.Stdin)+len(j.Files)+len(j.Env) != 0 || j.UID[15] != 16 {
		t.Fatalf("%+v %v", j, err)
	}
}

func TestInputsArriveByteForByte(t *testing.T) {
	const inputs = `{"n": 1.50, "big":12345678901234567890123,"n":2, "t":"\u00e9<"}`
	j, err := parse(t, strings.Replace(good, `"limits"`, `"inputs":`+inputs+`,"limits"`, 1))
	if err != nil || string(j.Inputs) != inputs {
		t.Fatalf("%s %v", j.Inputs, err)
	}
}

// What the supervisor complains of stands in the pod's log, which others may read.
func TestAnErrorNeverQuotesTheJob(t *testing.T) {
	for _, change := range []struct{ from, to string }{
		{`"attempt":1`, `"attempt":"SECRETWORD"`},
		{`"SECRETWORD"`, `{"SECRETWORD":1}`},
		{`"key":"AAAA`, `"key":"SECRETWORD!`},
		{`"language":"Bash"`, `"language":"SECRETWORD"`},
		{`"limits"`, `"env":{"secretword":"x"},"limits"`},
		{`"limits"`, `"env":{"A":"SECRETWORD\u0000"},"limits"`},
		{`"limits"`, `"files":[{"path":"../SECRETWORD","content":""}],"limits"`},
		{`}}`, `}} SECRETWORD`},
		{`"cpuMillis":1`, `"cpuMillis":0`},
	} {
		_, err := parse(t, strings.Replace(good, change.from, change.to, 1))
		if err == nil || strings.Contains(strings.ToUpper(err.Error()), "SECRETWORD") {
			t.Errorf("%s -> %v", change.to, err)
		}
	}
}
