package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"countersign.dev/benchmarks/internal/writes"
)

// Markdown is the report for people.
func Markdown(r *Report) string {
	var page strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&page, format+"\n", args...) }
	say("Mode %s, %s, %.0f s.", r.Mode, r.Began.Format("2006-01-02 15:04 MST"), r.Took.Seconds())
	say("%d cores, %.0f GiB, Linux %s; load before the start %.2f.", r.Machine.Cores, r.Machine.MemoryGi,
		r.Machine.Kernel, r.Machine.Load)
	for _, name := range slices.Sorted(maps.Keys(r.Machine.Versions)) {
		say("%s: `%s`.", name, r.Machine.Versions[name])
	}
	say("\n### Budgets\n")
	say("| what | goal | measured | Job beside it | verdict |\n|---|---|---|---|---|")
	for _, each := range Budgets(r) {
		say("| %s | %s | %s | %s | %s |", each.What, each.Goal, each.Measured, each.Peer, each.Verdict)
	}
	say("\n### Latencies\n")
	say("| name | n | p50 | p90 | p99 | max | from the answer, p50 | warm-up | failed | starts |")
	say("|---|---|---|---|---|---|---|---|---|---|")
	for _, each := range r.Latencies {
		answer := ""
		if each.FromAnswer != nil {
			answer = ms(each.FromAnswer.Quantile(0.5))
		}
		say("| %s | %d | %s | %s | %s | %s | %s | %d | %d | %s |", each.Name, each.Times.Count(),
			ms(each.Times.Quantile(0.5)), ms(each.Times.Quantile(0.9)), ms(each.Times.Quantile(0.99)),
			ms(each.Times.Max()), answer, each.WarmUp, each.Failed, starts(each.Starts))
	}
	say("")
	for _, each := range r.Latencies {
		say("- %s: %s", each.Name, each.What)
	}
	say("\n### Rates\n\n| what | clients | done | a second |\n|---|---|---|---|")
	for _, each := range r.Rates {
		say("| %s | %d | %d | %.2f |", each.Name, each.Clients, each.Done, each.PerSecond())
	}
	if b := r.Burst; b != nil {
		rate := Rate{Done: b.Done, In: b.In}
		say("\nBurst: %d of %d ended in %.1f s, %.2f a second; the second agent has %.0f %% of the first half of the ends.",
			b.Done, b.Asked, b.In.Seconds(), rate.PerSecond(), b.SecondShare*100)
	}
	for index := range r.Accounts {
		account(say, &r.Accounts[index])
	}
	say("\n### Checks\n")
	for _, each := range r.Checks {
		mark := "passed"
		if !each.Passed {
			mark = "FAILED (" + each.Detail + ")"
		}
		say("- %s: %s", each.What, mark)
	}
	for _, note := range r.Notes {
		say("\nNote: %s", note)
	}
	return page.String()
}

func starts(counts map[string]int) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return strings.Join(words, ", ")
}

func account(say func(string, ...any), a *Account) {
	if a.Runs == 0 {
		return
	}
	each := "a run"
	if a.Name == Idle {
		each = "a second"
		say("\n### What nothing costs: %d s\n", a.Runs)
	} else {
		say("\n### What a run costs: %s (%d runs)\n", a.Name, a.Runs)
	}
	if len(a.CPU) > 0 {
		say("| CPU of | %s |\n|---|---|", each)
		for _, name := range a.CPU.Names() {
			say("| %s | %s |", name, ms(a.CPU[name]/time.Duration(a.Runs)))
		}
	}
	if len(a.Writes) > 0 {
		say("\n| API writes by | %s | events | kinds |\n|---|---|---|---|", each)
		for _, client := range clients(a.Writes) {
			objects, events := writes.Of(a.Writes, client)
			say("| %s | %.2f | %.2f | %s |", client, float64(objects)/float64(a.Runs),
				float64(events)/float64(a.Runs), kinds(a.Writes, client, a.Runs))
		}
	}
	if len(a.Phases) > 0 {
		say("\n| part of a run, by the operator | runs | mean |\n|---|---|---|")
		for _, name := range slices.Sorted(maps.Keys(a.Phases)) {
			say("| %s | %d | %s |", name, a.Phases[name].Runs, ms(a.Phases[name].Mean()))
		}
	}
}

func clients(lines []writes.Line) []string {
	var names []string
	for _, each := range lines {
		names = append(names, each.Client)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func kinds(lines []writes.Line, client string, runs int) string {
	var words []string
	for _, each := range lines {
		if each.Client == client {
			words = append(words, fmt.Sprintf("%s %s %.2f", each.Verb, each.Kind, float64(each.Count)/float64(runs)))
		}
	}
	return strings.Join(words, ", ")
}

// Compare shows the figures of two reports side by side.
func Compare(a, b *Report) string {
	var page strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&page, format+"\n", args...) }
	say("| | %s | %s | second to first |\n|---|---|---|---|",
		a.Began.Format("2006-01-02 15:04"), b.Began.Format("2006-01-02 15:04"))
	for _, each := range a.Latencies {
		other := b.Latency(each.Name)
		if each.Times.Count() == 0 {
			continue
		}
		if other == nil {
			say("| %s p50 | %s (n %d) | | |", each.Name, ms(each.Times.Quantile(0.5)), each.Times.Count())
			continue
		}
		for _, share := range []float64{0.5, 0.99} {
			ours, theirs := each.Times.Quantile(share), other.Times.Quantile(share)
			say("| %s p%.0f | %s (n %d) | %s (n %d) | %.2f |", each.Name, share*100, ms(ours), each.Times.Count(),
				ms(theirs), other.Times.Count(), float64(theirs)/float64(max(ours, 1)))
		}
	}
	for _, each := range b.Latencies {
		if each.Times.Count() > 0 && a.Latency(each.Name) == nil {
			say("| %s p50 | | %s (n %d) | |", each.Name, ms(each.Times.Quantile(0.5)), each.Times.Count())
		}
	}
	for _, name := range []string{OurRate, BareRate} {
		if first, second := a.Rate(name), b.Rate(name); first != nil && second != nil && first.Done > 0 {
			say("| %s a second | %.2f | %.2f | %.2f |", name, first.PerSecond(), second.PerSecond(),
				second.PerSecond()/first.PerSecond())
		}
	}
	first, second := Budgets(a), Budgets(b)
	for index := range first {
		say("| %s | %s: %s | %s: %s | |", first[index].What, first[index].Verdict, first[index].Measured,
			second[index].Verdict, second[index].Measured)
	}
	return page.String()
}
