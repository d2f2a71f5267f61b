// Command benchmark measures Countersign beside a Job for each run, bare pods and bare gVisor on one cluster.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"countersign.dev/benchmarks/internal/bare"
	"countersign.dev/benchmarks/internal/kube"
	"countersign.dev/benchmarks/internal/records"
	"countersign.dev/benchmarks/internal/report"
	"countersign.dev/benchmarks/internal/scenario"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("full, quick, warm, burst, limit, fill, clear, show or compare?")
	}
	switch args[0] {
	case "full":
		return measure(scenario.Full, args[1:])
	case "quick":
		return measure(scenario.Quick, args[1:])
	case "warm":
		return measure(scenario.OnlyWarm, args[1:])
	case "burst":
		return measure(scenario.OnlyBurst, args[1:])
	case "limit":
		return measure(scenario.Limit, args[1:])
	case "fill":
		return fill(args[1:])
	case "clear":
		return empty()
	case "show":
		return show(args[1:])
	case "compare":
		return compare(args[1:])
	default:
		return fmt.Errorf("%q: full, quick, warm, burst, limit, fill, clear, show or compare?", args[0])
	}
}

func measure(sizes scenario.Sizes, args []string) error {
	flags := flag.NewFlagSet(sizes.Mode, flag.ContinueOnError)
	out := flags.String("out", "", "directory for report.json, report.md and the plots")
	image := flags.String("image", "", "Python image of the sandboxes")
	pull := flags.String("pull", "Never", "pull policy of the images")
	runtimeClass := flags.String("runtime-class", "gvisor-nonet", "RuntimeClass of the sandboxes")
	cluster := flags.String("cluster", "", "state directory of the one-node cluster, if it is that")
	flags.DurationVar(&sizes.Pace, "pace", sizes.Pace, "time between the starts of warm runs; 0: by the refill rate")
	flags.DurationVar(&sizes.Longest, "longest", sizes.Longest, "time after which nothing more is begun")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *out == "" || *image == "" {
		return fmt.Errorf("-out and -image are needed")
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	began := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%4.0f s  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}
	result, err := scenario.Run(ctx, sizes, *cluster,
		bare.Shape{Image: *image, PullPolicy: *pull, RuntimeClass: *runtimeClass}, say)
	if result == nil {
		return err
	}
	if writing := write(result, *out); writing != nil {
		return writing
	}
	fmt.Print(report.Markdown(result))
	if err != nil {
		return fmt.Errorf("taking away what was made: %w", err)
	}
	failed := 0
	for _, each := range result.Checks {
		if !each.Passed {
			failed++
		}
	}
	fmt.Printf("\n%d passed, %d failed\n", len(result.Checks)-failed, failed)
	if failed > 0 {
		os.Exit(1)
	}
	return nil
}

func fill(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("fill: how many?")
	}
	count, err := strconv.Atoi(args[0])
	if err != nil || count < 1 || count > 100_000 {
		return fmt.Errorf("fill: %q: 1 to 100000", args[0])
	}
	administrator, err := kube.Administrator()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return records.Fill(ctx, administrator, count, func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	})
}

func empty() error {
	administrator, err := kube.Administrator()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return records.Clear(ctx, administrator)
}

func write(result *report.Report, directory string) error {
	document, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(directory, "report.json"), append(document, '\n'), 0o644); err != nil {
		return err
	}
	err = os.WriteFile(filepath.Join(directory, "report.md"), []byte(report.Markdown(result)), 0o644)
	if err != nil {
		return err
	}
	return report.Plots(result, directory)
}

func read(file string) (*report.Report, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = filepath.Join(file, "report.json")
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var result report.Report
	if err := json.Unmarshal(content, &result); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &result, nil
}

func show(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("show REPORT")
	}
	result, err := read(args[0])
	if err != nil {
		return err
	}
	fmt.Print(report.Markdown(result))
	return nil
}

func compare(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("compare REPORT REPORT")
	}
	first, err := read(args[0])
	if err != nil {
		return err
	}
	second, err := read(args[1])
	if err != nil {
		return err
	}
	fmt.Print(report.Compare(first, second))
	return nil
}
